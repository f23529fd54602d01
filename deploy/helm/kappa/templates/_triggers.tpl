{{/* What KEDA goes by: for the queue how much of its topic is unread, for the others the CPU, and what the values add. */}}
{{- define "kappa.triggers" -}}
{{- if eq .key "asyncQueue" }}
- type: kafka
  metadata:
    bootstrapServers: {{ .root.Values.kafka.bootstrapServers | quote }}
    consumerGroup: {{ .root.Values.kafka.topicPrefix }}-async-queue
    topic: {{ .root.Values.kafka.topicPrefix }}.invocations.queued
    lagThreshold: "1000"
    # What is unread because a shard stands still is mended by no replica.
    excludePersistentLag: "true"
    fullMetadata: "false"
    {{- with .autoscaling.kafkaMetadata }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .autoscaling.existingTriggerAuthentication }}
  authenticationRef: {name: {{ . }}}
  {{- end }}
{{- else }}
- type: cpu
  metricType: Utilization
  metadata: {value: {{ .autoscaling.cpuPercent | quote }}}
{{- end }}
{{- with .autoscaling.triggers }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Workers: how long the oldest event waits, over all processes of the queue. */}}
{{- define "kappa.workerTriggers" -}}
- type: metrics-api
  metadata:
    url: http://{{ include "kappa.fullname" .root }}-async-queue-pods.{{ .root.Release.Namespace }}.svc:9001/metrics
    format: prometheus
    valueLocation: kappa_async_oldest_age_seconds
    targetValue: {{ .autoscaling.queueAgeSeconds | quote }}
    aggregateFromKubeServiceEndpoints: "true"
    aggregationType: max
- type: cpu
  metricType: Utilization
  metadata: {value: {{ .autoscaling.cpuPercent | quote }}}
{{- with .autoscaling.triggers }}
{{ toYaml . }}
{{- end }}
{{- end }}
