"""Handlers: messages in, messages out, one method for each RPC; the rules are in biz."""
