{{- define "platform.fullname" -}}
{{- .Values.fullnameOverride | default .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "platform.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/part-of: platform
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* A list of the root and the part's name. */}}
{{- define "platform.selector" -}}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/name: {{ index . 1 }}
{{- end -}}

{{/* The same: labels of everything that belongs to one part. */}}
{{- define "platform.partLabels" -}}
{{ include "platform.labels" (index . 0) }}
app.kubernetes.io/name: {{ index . 1 }}
{{- end -}}

{{- define "platform.podSecurity" -}}
runAsNonRoot: true
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "platform.containerSecurity" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
readOnlyRootFilesystem: true
{{- end -}}

{{- define "platform.pullSecrets" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* A secret that is given, or kept from an earlier install, or drawn now: a list of the root, the Secret, the key and what is given. */}}
{{- define "platform.kept" -}}
{{- $kept := dig "data" dict (lookup "v1" "Secret" (index . 0).Release.Namespace (index . 1)) -}}
{{- if index . 3 -}}
{{- index . 3 -}}
{{- else if hasKey $kept (index . 2) -}}
{{- index $kept (index . 2) | b64dec -}}
{{- else -}}
{{- randAlphaNum 43 -}}
{{- end -}}
{{- end -}}

{{/*
How many replicas a part has: a list of the root and the part's name. An even number bears the loss of no more than the odd one below it does,
and a part that loses most of its members at once stands still.
*/}}
{{- define "platform.replicas" -}}
{{- $root := index . 0 -}}
{{- $part := index . 1 -}}
{{- $wanted := index $root.Values $part "replicas" | int -}}
{{- if eq (mod $wanted 2) 0 -}}
{{- fail (printf "%s.replicas is %d: it has to be odd, so that some of them are a majority" $part $wanted) -}}
{{- end -}}
{{- $name := printf "%s-%s" (include "platform.fullname" $root) $part -}}
{{- $running := dig "spec" "replicas" 0 (lookup "apps/v1" "StatefulSet" $root.Release.Namespace $name) | int -}}
{{- if lt $wanted $running -}}
{{- fail (printf "%s.replicas is %d and was %d: those that stay would be no majority of the members there are" $part $wanted $running) -}}
{{- end -}}
{{- $wanted -}}
{{- end -}}

{{/* Keeps the members of a part on nodes and in zones of their own where there are some: a list of the root, the part's name and its replicas. */}}
{{- define "platform.spread" -}}
{{- if gt (index . 2) 1 -}}
topologySpreadConstraints:
  {{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - topologyKey: {{ $key }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "platform.selector" (list (index $ 0) (index $ 1)) | nindent 8 }}
  {{- end }}
{{- end -}}
{{- end -}}

{{/* The same list: of a part with several members one may be taken away at a time. */}}
{{- define "platform.disruption" -}}
{{- if gt (index . 2) 1 }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "platform.fullname" (index . 0) }}-{{ index . 1 }}
  labels:
    {{- include "platform.partLabels" (list (index . 0) (index . 1)) | nindent 4 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "platform.selector" (list (index . 0) (index . 1)) | nindent 6 }}
{{- end }}
{{- end -}}

{{/* Every member of the replica set by its stable name. */}}
{{- define "platform.mongodbMembers" -}}
{{- $name := printf "%s-mongodb" (include "platform.fullname" .) -}}
{{- $members := list -}}
{{- range $ordinal := until (int .Values.mongodb.replicas) }}{{ $members = append $members (printf "%s-%d.%s:27017" $name $ordinal $name) }}{{ end -}}
{{- join "," $members -}}
{{- end -}}

{{/* Where the database is: a list of the root and the administrator's password. A server that nobody makes a member is asked directly. */}}
{{- define "platform.mongodbUri" -}}
{{- $root := index . 0 -}}
{{- $auth := $root.Values.mongodb.auth -}}
{{- $login := printf "%s:%s@" ($auth.username | urlquery | replace "+" "%20") (index . 1 | urlquery | replace "+" "%20") -}}
{{- if not $root.Values.mongodb.initiate -}}
{{- if $auth.enabled }}{{ fail "mongodb.auth.enabled needs mongodb.initiate: it is the job that makes the administrator" }}{{ end -}}
mongodb://{{ include "platform.mongodbMembers" $root | splitList "," | first }}/?directConnection=true
{{- else -}}
mongodb://{{ ternary $login "" $auth.enabled }}{{ include "platform.mongodbMembers" $root }}/?replicaSet=souk{{ ternary "&authSource=admin" "" $auth.enabled }}
{{- end -}}
{{- end -}}
