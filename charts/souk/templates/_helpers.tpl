{{/* All names take the release's, so that two releases share a namespace without meeting. */}}
{{- define "souk.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "souk.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/part-of: souk
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* Of one service: a list of the root and the service's name. */}}
{{- define "souk.selector" -}}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/name: {{ index . 1 }}
{{- end -}}

{{/* A service's values over the defaults of all, as YAML: a list of the root and the service's name. */}}
{{- define "souk.service" -}}
{{- $root := index . 0 -}}
{{- $own := index $root.Values.services (index . 1) | default dict -}}
{{- mergeOverwrite (deepCopy $root.Values.defaults) (deepCopy $own) | toYaml -}}
{{- end -}}

{{/* The queues by whose length a service is scaled, as JSON: a list of the root and the service's name. */}}
{{- define "souk.scalingQueues" -}}
{{- $scale := (include "souk.service" . | fromYaml).autoscaling -}}
{{- if and $scale.enabled (gt (int $scale.queueLength) 0) -}}
{{- index (include "souk.declared" (index . 0) | fromYaml).services (index . 1) "queues" | toJson -}}
{{- else -}}
[]
{{- end -}}
{{- end -}}

{{/* Whether any service is scaled by its queues, which somebody has to be allowed to look at. */}}
{{- define "souk.scalesByQueues" -}}
{{- $root := . -}}
{{- range $name, $_ := .Values.services }}{{ if include "souk.scalingQueues" (list $root $name) | fromJsonArray }}true{{ end }}{{ end -}}
{{- end -}}

{{/* The broker's address for one of its users, in a list of the root, the user, its password and the host. */}}
{{- define "souk.brokerUri" -}}
{{- $rabbitmq := (index . 0).Values.rabbitmq -}}
{{- printf "%s://%s:%s@%s:%v/" (ternary "amqps" "amqp" $rabbitmq.tls) (index . 1) (index . 2) (index . 3) $rabbitmq.port -}}
{{- end -}}

{{- define "souk.image" -}}
{{- $image := (index . 0).Values.image -}}
{{- printf "%s/%s-%s:%s" $image.registry $image.repository (index . 1) ($image.tag | default (index . 0).Chart.AppVersion) -}}
{{- end -}}

{{/* Every container of the chart: nothing to gain, nothing to write to. */}}
{{- define "souk.containerSecurity" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
readOnlyRootFilesystem: true
{{- end -}}

{{- define "souk.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* What the chart knows of the services from their declarations: `npm run docs` writes the file. */}}
{{- define "souk.declared" -}}
{{- .Files.Get "files/services.yaml" -}}
{{- end -}}

{{/* Environment of one service: its values may be templates themselves, as in "https://{{ .Values.ingress.host }}". */}}
{{- define "souk.environment" -}}
{{- $root := index . 0 -}}
{{- range $key, $value := (index . 2).env }}
- { name: {{ $key }}, value: {{ tpl (toString $value) $root | quote }} }
{{- end }}
{{- end -}}

{{/* The port of the collector of traces, which its address may leave to its scheme. */}}
{{- define "souk.collectorPort" -}}
{{- $address := urlParse .Values.tracing.endpoint -}}
{{- regexFind "[0-9]+$" $address.host | default (ternary 443 80 (eq $address.scheme "https")) -}}
{{- end -}}

{{/*
How a process of ours is told of authorities that not everybody knows: Node by a file beside those it has, Go, which sidecars are written in, by
a folder of them, whose files it reads beside those that its image has.
*/}}
{{- define "souk.authoritiesMount" -}}
{{- if .Values.tls.authorities }}
- { name: authorities, mountPath: /run/authorities, readOnly: true }
{{- end }}
{{- end -}}

{{- define "souk.authoritiesVariable" -}}
{{- if .Values.tls.authorities }}
- { name: NODE_EXTRA_CA_CERTS, value: /run/authorities/ca.crt }
{{- end }}
{{- end -}}

{{- define "souk.authoritiesVolume" -}}
{{- if .Values.tls.authorities }}
- name: authorities
  configMap: { name: {{ .Values.tls.authorities }} }
{{- end }}
{{- end -}}

{{- define "souk.serviceSecret" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- if eq $root.Values.secrets.mode "existing" -}}
{{- printf "%s-%s" $root.Values.secrets.existingPrefix $name -}}
{{- else -}}
{{- printf "%s-%s-secrets" (include "souk.fullname" $root) $name -}}
{{- end -}}
{{- end -}}

{{/* Has the address of the broker that KEDA looks at queues by. */}}
{{- define "souk.autoscalerSecret" -}}
{{- ternary (printf "%s-autoscaler" .Values.secrets.existingPrefix) (printf "%s-autoscaler" (include "souk.fullname" .)) (eq .Values.secrets.mode "existing") -}}
{{- end -}}

{{/* What the broker must hold, and which routing keys each service's own user may write; a service without a pattern may write all. Any
other user may do nothing. */}}
{{- define "souk.topology" -}}
{{- $declared := include "souk.declared" . | fromYaml -}}
{{- $writes := dict -}}
{{- range $service, $of := $declared.services }}{{ $_ := set $writes $service ($of.writes | default "") }}{{ end -}}
{{- dict "definitions" $declared.broker "writes" $writes | toJson -}}
{{- end -}}

{{- define "souk.demoContainer" -}}
image: {{ include "souk.image" (list . "demo") }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
env:
  - { name: SOUK_STATE, value: /run/souk }
  - { name: SOUK_GATEWAY_URL, value: "http://{{ include "souk.fullname" . }}-gateway:{{ (include "souk.service" (list . "gateway") | fromYaml).port }}" }
  - { name: SOUK_MAIL_URL, value: {{ .Values.demo.mailUrl | quote }} }
securityContext:
  {{- include "souk.containerSecurity" . | nindent 2 }}
resources:
  requests: { cpu: 20m, memory: 64Mi }
  limits: { memory: 256Mi }
volumeMounts:
  - { name: secrets, mountPath: /run/souk, readOnly: true }
{{- end -}}
