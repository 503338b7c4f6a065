{{/* What was asked, in the words of policy/describe.ts; what decided and what to do next follow (policy/remedy.ts). */}}
{{- define "chaperone.refuses" -}}
'chaperone refuses ' + request.operation.lowerAscii() + ' ' + request.resource.resource +
        (request.resource.group == '' ? '' : '.' + request.resource.group) +
        (request.?subResource.orValue('') == '' ? '' : '/' + request.subResource) +
        (request.?name.orValue('') == '' ? '' : ' "' + request.name + '"') +
        (request.?namespace.orValue('') == '' ? '' : ' in namespace ' + request.namespace) + ': '
{{- end }}

{{/* A policy's `metadata`, and its binding's. */}}
{{- define "chaperone.named" }}
metadata:
  name: {{ .name }}
  labels: {{- include "chaperone.labels" . | nindent 4 }}
{{- end }}

{{/* The binding of the policy `name`; with `params`, once for each AgentPolicy of the namespace, and none allows. */}}
{{- define "chaperone.binding" }}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
{{- include "chaperone.named" . }}
spec:
  policyName: {{ .name }}
  {{- if .params }}
  paramRef: { selector: {}, parameterNotFoundAction: Allow }
  {{- end }}
  validationActions: [Deny]
{{- end }}

{{/* The condition that a namespace is being written without the label that it has. */}}
{{- define "chaperone.labelGoes" -}}
>-
        oldObject.metadata.?labels[?'chaperone.dev/inject'].orValue('') == 'enabled' &&
        object.metadata.?labels[?'chaperone.dev/inject'].orValue('') != 'enabled'
{{- end }}
