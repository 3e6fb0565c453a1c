"""A real akin-server for a proof, and how the proof asks it over gRPC.

Message classes come from the .proto files of this tree at run time: protoc
writes their descriptors, so nothing generated lies about and any version of
Python's protobuf will do. The server listens on a free port of 127.0.0.1, and
ends with the proof even if that is killed.
"""
import argparse
import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

SKIPPED = 77  # ctest's SKIP_RETURN_CODE
ROOT = pathlib.Path(__file__).resolve().parents[2]


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


# More threads than processors wait for each other; set before numpy is read.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
try:
    import grpc
    import numpy as np
    from google.protobuf import (descriptor_pb2, descriptor_pool,
                                 message_factory)
except ImportError as missing:
    skip(f"{missing.name} is missing (python3-grpcio, python3-protobuf, "
         "python3-numpy)")


def data_folder(name):
    """A folder of $AKIN_DATA (default ../shared/data); skips without it."""
    data = pathlib.Path(os.environ.get("AKIN_DATA", ROOT / "../shared/data"))
    if not (data / name).is_dir():
        skip(f"no data: {name} is not in AKIN_DATA ({data})")
    return data / name


def parse_arguments(description, **defaults):
    """The flags that every proof has, and one for each of `defaults`."""
    flags = argparse.ArgumentParser(description=description)
    flags.add_argument("--bin", type=pathlib.Path,
                       default=ROOT / "build/release/bin",
                       help="the folder of akin-server")
    for name, value in defaults.items():
        flags.add_argument("--" + name.replace("_", "-"), type=type(value),
                           default=value, help=f"default {value}")
    return flags.parse_args()


class Wire:
    """The messages of akin.v1 by name: Wire().SearchRequest(model="m")."""

    def __init__(self):
        if shutil.which("protoc"):
            command = ["protoc"]
        else:
            command = [sys.executable, "-m", "grpc_tools.protoc"]
        with tempfile.NamedTemporaryFile() as out:
            done = subprocess.run(
                command + [f"--proto_path={ROOT / 'proto'}",
                           "--include_imports",
                           f"--descriptor_set_out={out.name}",
                           "akin/v1/search_service.proto"],
                capture_output=True, text=True)
            if done.returncode:
                skip(f"no protoc (protobuf-compiler): {done.stderr.strip()}")
            files = descriptor_pb2.FileDescriptorSet.FromString(out.read())
        self._pool = descriptor_pool.DescriptorPool()
        for file in files.file:
            self._pool.AddSerializedFile(file.SerializeToString())

    def __getattr__(self, name):
        descriptor = self._pool.FindMessageTypeByName("akin.v1." + name)
        if hasattr(message_factory, "GetMessageClass"):
            message = message_factory.GetMessageClass(descriptor)
        else:
            message = message_factory.MessageFactory(
                self._pool).GetPrototype(descriptor)
        setattr(self, name, message)
        return message

    def vector(self, values):
        """A Query of the numbers themselves."""
        query = self.Query()
        query.vector.floats.values.extend(map(float, values))
        return query


class Server:
    """An akin-server with the files of `loads` (values of --load), one after
    `with`, and calls of it."""

    def __init__(self, folder, loads):
        self.wire = Wire()
        self._program = pathlib.Path(folder) / "akin-server"
        if not self._program.exists():
            sys.exit(f"{self._program} is not there: build it, or name its "
                     "folder with --bin")
        self._arguments = ["--listen", "127.0.0.1:0"]
        for load in loads:
            self._arguments += ["--load", load]

    def __enter__(self):
        self._log = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            [self._program] + self._arguments, stdout=subprocess.PIPE,
            stderr=self._log, text=True, preexec_fn=die_with_parent)
        mark = "akin-server: listening on "
        for line in self._process.stdout:
            print("  " + line.rstrip(), flush=True)
            if line.startswith(mark):
                self._channel = grpc.insecure_channel(
                    line[len(mark):].split(",")[0].strip(),
                    options=[("grpc.max_receive_message_length", 1 << 24)])
                return self
        self._process.wait()
        self._log.seek(0)
        sys.exit("akin-server did not start:\n" + self._log.read())

    def __exit__(self, *_):
        self._channel.close()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._process.stdout.close()
        self._log.close()

    def search(self, model, table, query, **options):
        """One Search; the SearchResponse. `options` are SearchOptions."""
        request = self.wire.SearchRequest(model=model, table=table,
                                          query=query, options=options)
        return self._call("Search", self.wire.SearchResponse)(request,
                                                              timeout=60)

    def _call(self, name, response):
        return self._channel.unary_unary(
            "/akin.v1.SearchService/" + name,
            request_serializer=lambda request: request.SerializeToString(),
            response_deserializer=response.FromString)


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def write_table(folder, name, vectors, ids):
    """Writes NAME.npy and NAME.txt; what --load wants behind the '='."""
    np.save(folder / f"{name}.npy",
            np.ascontiguousarray(vectors, dtype=np.float32))
    (folder / f"{name}.txt").write_text("".join(f"{key}\n" for key in ids),
                                        encoding="utf-8")
    return f"{folder / name}.npy,ids={folder / name}.txt"
