"""The one file that a form of this room takes: a text."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from terreau.deliberate.importing import MOST_BYTES


class OneText(FileUploadHandler):
    """In memory, up to one byte more than is read. The rest is read and forgotten: what was typed is kept."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.content: BytesIO | None = None

    def new_file(self, *given: Any, **named: Any) -> None:
        super().new_file(*given, **named)
        if self.content is not None:
            raise SkipFile
        self.content = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self.content is not None
        room = MOST_BYTES + 1 - self.content.tell()
        if room > 0:
            self.content.write(raw_data[:room])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        assert self.content is not None
        self.content.seek(0)
        return InMemoryUploadedFile(
            self.content, self.field_name, self.file_name or "", self.content_type, file_size, self.charset
        )
