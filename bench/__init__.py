"""`make bench`: what the tool and a generated service cost, as ratios against what one would use without them.

Ratios travel between machines, milliseconds do not; those are printed as background. Whatever is compared runs in
turn, A B A B, in one call, after a warm-up; a ratio is the median of the pairs' ratios. The exit code is 0 whatever
comes out: nothing here is a test.
"""
