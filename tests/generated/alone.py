"""Run inside the generated campus project: students need no class and mails no folder, but one that is set is there.

python alone.py TARGET
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any


def code_of(call: Callable[[], object]) -> str:
    errors: Any = importlib.import_module("campus_service.kit.errors")
    try:
        call()
    except errors.ServiceError as error:
        return str(error.code.name)
    return "OK"


def students(client: Any, pb: Any, mark: str) -> None:
    """By number, in requests that repeat a student's fields; an update replaces them all. `mark` tells the own ones."""
    clazz = client.create_clazz(pb.CreateClazzRequest(name="a")).id

    def create(clazz_id: int = 0) -> Any:
        return client.create_student(pb.CreateStudentRequest(name=mark, clazz_id=clazz_id)).data

    def update(student: Any, clazz_id: int) -> Any:
        return client.update_student(pb.UpdateStudentRequest(id=student.id, name=mark, clazz_id=clazz_id))

    def found(**asked: Any) -> list[int]:
        request = pb.ListStudentRequest(name=mark, pageSize=1, **asked)
        ids: list[int] = []
        for page in range(1, 100):
            request.pageNum = page
            listed = client.list_student(request).list
            ids += [each.id for each in listed]
            if not listed:
                return ids
        raise AssertionError("the list has no end")

    alone, member, other = create(), create(clazz), create()
    assert (alone.clazz_id, member.clazz_id) == (0, clazz)
    assert client.get_student(pb.StudentKey(student_id=alone.id)).data == alone
    assert code_of(lambda: create(clazz + 1000)) == "NOT_FOUND"
    everybody, without = [alone.id, member.id, other.id], [alone.id, other.id]
    assert found() == found(clazz_id=0) == everybody
    assert found(clazz_id=clazz) == [member.id]
    assert found(filter="clazz_id = 0") == found(filter=f"clazz_id != {clazz}") == without
    assert found(filter=f"NOT clazz_id = {clazz}") == found(filter="clazz_id < 1") == without
    assert found(filter="clazz_id:*") == found(filter="clazz_id != 0") == [member.id]
    assert found(filter="clazz_id >= 0") == everybody
    assert found(order_by="clazz_id") == [*without, member.id]
    assert found(order_by="clazz_id desc") == [member.id, *without]
    assert code_of(lambda: client.delete_clazz(pb.DeleteClazzRequest(id=clazz))) == "FAILED_PRECONDITION"
    assert code_of(lambda: update(member, clazz + 1000)) == "NOT_FOUND"
    update(other, clazz)
    assert found(clazz_id=clazz) == [member.id, other.id]
    for student in (member, other):
        update(student, 0)
    assert found(filter="clazz_id = 0") == everybody
    assert code_of(lambda: client.delete_clazz(pb.DeleteClazzRequest(id=clazz))) == "OK"


def mails(client: Any, pb: Any, mark: str) -> None:
    """By text, in updates with a mask and in batches."""
    folder = client.create_folder(pb.Folder(id=mark, label="a")).id

    def create(folder_id: str = "") -> Any:
        return client.create_mail(pb.CreateMailRequest(**{"from": mark, "folder_id": folder_id}))

    def update(mail: Any, **given: Any) -> Any:
        return pb.UpdateMailRequest(id=mail.id, **given)

    def found(**asked: Any) -> list[tuple[int, str]]:
        listed = client.list_mails(pb.ListMailsRequest(**{"from": mark}, **asked)).mails
        return [(each.id, each.folder_id) for each in listed]

    alone, member = create(), create(folder)
    assert found() == [(alone.id, ""), (member.id, folder)]
    assert found(folder_id="") == [(alone.id, "")]
    assert found(folder_id=folder) == [(member.id, folder)]
    assert found(order_by="folder_id desc") == [(member.id, folder), (alone.id, "")]
    assert code_of(lambda: create("none")) == "NOT_FOUND"
    client.update_mail(update(member, stars=3))
    assert found(folder_id=folder) == [(member.id, folder)]
    client.update_mail(update(member, update_mask={"paths": ["folder_id"]}))
    assert found(folder_id="") == [(alone.id, ""), (member.id, "")]
    both = [update(alone, folder_id=folder), update(member, folder_id=folder)]
    client.batch_update_mails(pb.BatchUpdateMailsRequest(requests=both))
    assert found(folder_id=folder) == [(alone.id, folder), (member.id, folder)]
    wrong = [update(alone, folder_id=""), update(member, folder_id="none")]
    assert (
        code_of(lambda: client.batch_update_mails(pb.BatchUpdateMailsRequest(requests=wrong))) == "NOT_FOUND"
    )
    assert found(folder_id="") == []
    client.update_mail(update(alone, folder_id=""))
    assert found(folder_id="") == [(alone.id, "")]


def main(target: str) -> None:
    clients: Any = importlib.import_module("campus_service.client")
    pb: Any = importlib.import_module("campus_service.gen.campus.v1.campus_pb2")
    mark = target.partition(":")[0]
    with clients.StudentClient(target) as client:
        students(client, pb, mark)
    with clients.MailClient(target) as client:
        mails(client, pb, mark)
    print("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
