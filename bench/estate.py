"""Writes an estate: N services as Kubernetes manifests in kustomizations, the same bytes for the same N.

Each service has a Deployment, a Service, a ConfigMap and an autoscaler, calls two others, and every fourth has a
database. Nothing is random: who calls whom follows from the numbers.
"""

import pathlib
import sys

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels:
    app: {name}
spec:
  replicas: {replicas}
  selector:
    matchLabels:
      app: {name}
  template:
    metadata:
      labels:
        app: {name}
    spec:
      containers:
        - name: {name}
          image: example/{name}:1.{number}.0
          ports:
            - containerPort: 8080
          envFrom:
            - configMapRef:
                name: {name}-settings
          env:
            - name: FIRST_URL
              value: http://{first}:8080
            - name: SECOND_ADDR
              value: {second}.shop.svc.cluster.local:8080
          readinessProbe:
            httpGet:
              path: /ready
              port: 8080
            periodSeconds: 5
          livenessProbe:
            httpGet:
              path: /alive
              port: 8080
          resources:
            requests:
              cpu: {cpu}m
              memory: 128Mi
            limits:
              memory: 256Mi
"""

SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: {name}
spec:
  selector:
    app: {name}
  ports:
    - name: http
      port: 8080
      targetPort: 8080
"""

SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}-settings
data:
  DATABASE_URL: postgres://{name}@{database}:5432/{name}
  LOG_LEVEL: info
  POOL_SIZE: "10"
"""

AUTOSCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {name}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {name}
  minReplicas: {replicas}
  maxReplicas: 12
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: 70
"""

DATABASE = """\
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {database}
spec:
  serviceName: {database}
  replicas: 1
  selector:
    matchLabels:
      app: {database}
  template:
    metadata:
      labels:
        app: {database}
    spec:
      containers:
        - name: postgres
          image: postgres:16
          ports:
            - containerPort: 5432
---
apiVersion: v1
kind: Service
metadata:
  name: {database}
spec:
  selector:
    app: {database}
  ports:
    - port: 5432
"""


def service(number: int) -> str:
    return f"service-{number:03}"


def write(path: pathlib.Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def estate(count: int, root: pathlib.Path) -> None:
    for number in range(count):
        name = service(number)
        values = {
            "name": name,
            "number": number,
            "replicas": 2 + number % 3,
            "cpu": 100 + 50 * (number % 5),
            "first": service((number * 7 + 1) % count),
            "second": service((number * 13 + 5) % count),
            "database": f"database-{number // 4:03}",
        }
        files = {"deployment": DEPLOYMENT, "service": SERVICE, "settings": SETTINGS, "autoscaler": AUTOSCALER}
        if number % 4 == 0:
            files["database"] = DATABASE
        for file, text in files.items():
            write(root / "base" / name / f"{file}.yaml", text.format(**values))
        resources = ", ".join(f"{file}.yaml" for file in files)
        write(root / "base" / name / "kustomization.yaml", f"resources: [{resources}]\n")
    names = ", ".join(service(number) for number in range(count))
    write(root / "base" / "kustomization.yaml", f"resources: [{names}]\n")
    for overlay in ("production", "staging"):
        write(root / "overlays" / overlay / "kustomization.yaml", "resources: [../../base]\nnamespace: shop\n")


if __name__ == "__main__":
    estate(int(sys.argv[1]), pathlib.Path(sys.argv[2]))
