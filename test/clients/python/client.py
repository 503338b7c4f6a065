# The official Python client in a pod, unchanged: one JSON line on stdin asks for a step, one on stdout answers it
# (test/clients/README.md).
import base64
import json
import sys
import threading
import time

from kubernetes import client, config, dynamic, stream, watch
from urllib3.exceptions import HTTPError

# As long as a test waits for one thing.
PATIENCE_SECONDS = 20

config.load_incluster_config()
core = client.CoreV1Api()
seen = set()
has_seen = threading.Condition()


def wire(namespace, **_):
    # What a typed call has on the wire, as urllib3 tells it.
    answer = core.list_namespaced_pod(namespace, _preload_content=False)
    return {"protocol": {11: "http/1.1", 20: "h2"}[answer.version]}


def pods(namespace, name):
    listed = [pod.metadata.name for pod in core.list_namespaced_pod(namespace).items]
    return {"listed": listed, "uid": core.read_namespaced_pod(name, namespace).metadata.uid}


def secret(namespace, name):
    data = core.read_namespaced_secret(name, namespace).data
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


def write(namespace, name):
    metadata = client.V1ObjectMeta(name=name)
    core.create_namespaced_config_map(namespace, client.V1ConfigMap(metadata=metadata, data={"by": "create"}))
    core.patch_namespaced_config_map(name, namespace, {"data": {"strategic": "patch"}})
    maps = dynamic.DynamicClient(client.ApiClient()).resources.get(api_version="v1", kind="ConfigMap")
    applied = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"server-side": "apply"}}
    after = maps.server_side_apply(namespace=namespace, body=applied, field_manager="agent")
    return after.data.to_dict()


def follow(namespace, **_):
    threading.Thread(target=keep_watching, args=[namespace], daemon=True).start()
    return "following"


def keep_watching(namespace):
    # A watch that breaks is the caller's to begin again: Watch.stream raises.
    while True:
        try:
            for event in watch.Watch().stream(core.list_namespaced_config_map, namespace):
                with has_seen:
                    seen.add(event["object"].metadata.name)
                    has_seen.notify_all()
        except (client.ApiException, HTTPError):
            time.sleep(0.1)


def await_seen(name, **_):
    with has_seen:
        if not has_seen.wait_for(lambda: name in seen, PATIENCE_SECONDS):
            raise TimeoutError(f"the watch has not shown {name}")
    return name


def log(namespace, name):
    # Three lines of a log that goes on.
    lines = watch.Watch().stream(core.read_namespaced_pod_log, name, namespace)
    return [line for line, _ in zip(lines, range(3))]


def execute(namespace, name):
    script = 'read a; echo "got $a"; echo err >&2; exit 3'
    said = {"stdout": "", "stderr": ""}
    # With a client of its own: what it streams with does not serve ordinary calls again.
    streaming = client.CoreV1Api(client.ApiClient())
    running = stream.stream(
        streaming.connect_get_namespaced_pod_exec, name, namespace, container=name, command=["sh", "-c", script],
        stdin=True, stdout=True, stderr=True, tty=False, _preload_content=False)
    running.write_stdin("hello\n")
    while running.is_open():
        running.update(timeout=PATIENCE_SECONDS)
        said["stdout"] += running.read_stdout() if running.peek_stdout() else ""
        said["stderr"] += running.read_stderr() if running.peek_stderr() else ""
    return said | {"code": running.returncode}


def forward(namespace, name):
    streaming = client.CoreV1Api(client.ApiClient())
    forwarding = stream.portforward(
        streaming.connect_get_namespaced_pod_portforward, name, namespace, ports="8080")
    socket = forwarding.socket(8080)
    socket.settimeout(PATIENCE_SECONDS)
    socket.sendall(b"GET /etc/passwd HTTP/1.0\r\n\r\n")
    said = b""
    while b"agent:x" not in said:
        said += socket.recv(4096)
    forwarding.close()
    return said.decode().split("\r\n")[0]


def delete(namespace, name):
    core.delete_namespaced_pod(name, namespace)


def look_up(namespace, name):
    deployments = dynamic.DynamicClient(client.ApiClient()).resources.get(api_version="apps/v1", kind="Deployment")
    return deployments.get(name=name, namespace=namespace).metadata.name


STEPS = {
    "wire": wire,
    "pods": pods,
    "secret": secret,
    "write": write,
    "follow": follow,
    "seen": await_seen,
    "log": log,
    "exec": execute,
    "forward": forward,
    "delete": delete,
    "dynamic": look_up,
}


def failure_of(error):
    # What the client's own error says of a refusal.
    told = {"code": 0, "reason": "", "message": "", "said": str(error)}
    if isinstance(error, client.ApiException) and error.body:
        status = json.loads(error.body)
        told |= {"code": error.status, "reason": status["reason"], "message": status["message"]}
    return told


def take(asked):
    try:
        value = STEPS[asked["step"]](namespace=asked["namespace"], name=asked["name"])
        return {"id": asked["id"], "value": value}
    except Exception as error:
        return {"id": asked["id"], "error": failure_of(error)}


for line in sys.stdin:
    print(json.dumps(take(json.loads(line))), flush=True)
