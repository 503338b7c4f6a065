{{/* The one name of everything: webhook configurations are cluster-wide, so there is one chaperone in a cluster. */}}
{{- define "chaperone.labels" -}}
app.kubernetes.io/name: chaperone
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "chaperone.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* What the controller writes into every agent's pod; addresses and roots it finds at run time. */}}
{{- define "chaperone.sidecar" -}}
{{- $sidecar := dict
  "image" (include "chaperone.image" .)
  "imagePullPolicy" .Values.image.pullPolicy
  "command" (list "node" "/app/sidecar.mjs")
  "resources" .Values.sidecar.resources -}}
{{- with .Values.otlpEndpoint }}{{ $_ := set $sidecar "otlpEndpoint" . }}{{ end -}}
{{ toJson $sidecar }}
{{- end }}

{{/* The one who writes statuses. */}}
{{- define "chaperone.username" -}}
system:serviceaccount:{{ .Release.Namespace }}:chaperone
{{- end }}

{{/* Whose pods are governed; controller/injected.ts says the same. */}}
{{- define "chaperone.agentNamespaces" }}
    namespaceSelector:
      matchExpressions:
        - { key: chaperone.dev/inject, operator: In, values: [enabled] }
        # An outage of the controller must not keep the controller from starting.
        - { key: kubernetes.io/metadata.name, operator: NotIn, values: [{{ .Release.Namespace }}, kube-system] }
{{- end }}
