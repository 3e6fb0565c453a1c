{{- define "akin.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "akin.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "akin.name" .) .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "akin.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "akin.selector" -}}
app.kubernetes.io/name: {{ include "akin.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "akin.labels" -}}
{{ include "akin.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* Kubernetes asks gRPC's health without TLS only: with it, over HTTP. */}}
{{- define "akin.probe" -}}
{{- if .root.Values.tls.secretName }}
httpGet:
  path: {{ .path }}
  port: metrics
{{- else }}
grpc:
  port: 7400
{{- end }}
{{- end }}

{{/* Whether the server knows who calls; else it wants to hear `insecure`. */}}
{{- define "akin.protected" -}}
{{- if and .Values.tls.secretName (or .Values.tokens.secretName .Values.tls.clientCa) }}yes{{ end }}
{{- end }}
