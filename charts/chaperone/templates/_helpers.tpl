{{/* The one name of everything: webhook configurations are cluster-wide, so there is one chaperone in a cluster. */}}
{{- define "chaperone.labels" -}}
{{ include "chaperone.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* Which pods are controllers. */}}
{{- define "chaperone.selector" -}}
app.kubernetes.io/name: chaperone
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "chaperone.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/*
What the controller writes into every agent's pod; addresses and roots it finds at run time. Without bounds the heap
grew to nearly the memory limit under load (232 MiB private against 98 with them): what is collected seldom is not held long.
*/}}
{{- define "chaperone.sidecar" -}}
{{- $limits := .Values.sidecar.resources.limits }}
{{- range $name, $request := .Values.sidecar.resources.requests }}
{{- $limit := get $limits $name | default $request }}
{{- if gt (include "chaperone.amount" $request | int64) (include "chaperone.amount" $limit | int64) }}
{{- printf "sidecar.resources.requests.%s: %s is more than its limit, %s" $name $request $limit | fail }}
{{- end }}
{{- end }}
{{- $sidecar := dict
  "image" (include "chaperone.image" .)
  "imagePullPolicy" .Values.image.pullPolicy
  "command" (list "node" "--max-semi-space-size=1" "--max-old-space-size=96" "/app/sidecar.mjs")
  "resources" .Values.sidecar.resources -}}
{{- with .Values.otlpEndpoint }}{{ $_ := set $sidecar "otlpEndpoint" . }}{{ end -}}
{{ toJson $sidecar }}
{{- end }}

{{/* Where the controller keeps recordings. Below what the volume holds: the kubelet evicts a pod whose emptyDir is larger. */}}
{{- define "chaperone.recordings" -}}
{{- $kibibytes := include "chaperone.amount" .Values.recordings.size | int64 -}}
{{ toJson (dict "folder" "/recordings" "maxBytes" (mul $kibibytes 896)) }}
{{- end }}

{{/* A quantity, in a unit that is the same for all of one resource: those that the schema takes have no other suffix. */}}
{{- define "chaperone.amount" -}}
{{- $units := dict "" 1000 "m" 1 "Ki" 1 "Mi" 1024 "Gi" 1048576 -}}
{{- mul (regexFind "^[0-9]+" .) (get $units (regexFind "[A-Za-z]*$" .)) -}}
{{- end }}

{{/* What every process of ours is told, the controller and the one that proves the installation. */}}
{{- define "chaperone.environment" -}}
- name: CHAPERONE_NAMESPACE
  valueFrom: { fieldRef: { fieldPath: metadata.namespace } }
- name: CHAPERONE_SERVICE_ACCOUNT
  valueFrom: { fieldRef: { fieldPath: spec.serviceAccountName } }
- name: CHAPERONE_POD
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: CHAPERONE_ADDRESS
  valueFrom: { fieldRef: { fieldPath: status.podIP } }
- { name: CHAPERONE_SERVICE, value: chaperone }
- { name: CHAPERONE_WEBHOOKS, value: chaperone }
- name: CHAPERONE_SIDECAR
  value: {{ include "chaperone.sidecar" . | quote }}
- name: CHAPERONE_RECORDINGS
  value: {{ include "chaperone.recordings" . | quote }}
{{- end }}

{{/* Pod Security "restricted": of the pod, and of its container. */}}
{{- define "chaperone.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end }}
{{- define "chaperone.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
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
