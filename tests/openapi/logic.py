"""Puts logic into generated use cases, as their owner would: what can be told from the request is answered."""

from __future__ import annotations

from tests.generated.projects import Project

BODIES = {
    "order": {
        "order.v1.OrderService.PlaceOrder": "return Order(customer_id=request.customer_id, items=request.items)",
        "order.v1.OrderService.GetOrder": "return Order(order_id=request.order_id)",
        "order.v1.OrderService.CancelOrder": "return Order(order_id=request.order_id)",
        "order.v1.OrderService.WatchOrder": "yield OrderEvent(order=Order(order_id=request.order_id))\n        return",
    },
    "hello": {
        "hello.v1.HelloService.SayHello": 'return SayHelloResponse(message=f"{request.name} {request.language}")',
    },
    "corner": {
        "corners.v1.CornerService.EchoAll": "return request",
        "corners.v1.CornerService.Ping": "return None",
    },
    "class_": {
        "corners.v1.ClassService.CreateClass": "return request.payload or Class()",
        "corners.v1.ClassService.GetClass": "return Class(name=request.name)",
    },
}


def give_logic(project: Project) -> None:
    """Replaces the bodies that answer UNIMPLEMENTED; an RPC that has logic already is left alone."""
    folder = project.root / "src" / project.package / "biz"
    for path in folder.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        for bodies in BODIES.values():
            for method, body in bodies.items():
                text = text.replace(f'raise UnimplementedError("{method}")', body)
        path.write_text(text, encoding="utf-8")
