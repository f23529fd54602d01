{{- define "kappa.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "kappa.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "kappa.name" .) .Release.Name }}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "kappa.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Components by their key in the values: the name in object names and labels, and the main class. */}}
{{- define "kappa.components" -}}
router: {name: router, main: io.kappa.router.FrontendRouter}
asyncQueue: {name: async-queue, main: io.kappa.asyncqueue.AsyncQueueService}
mapper: {name: mapper, main: io.kappa.mapper.EventSourceMapper}
deadLetters: {name: dead-letters, main: io.kappa.deadletters.DeadLetterService}
worker: {name: worker, main: io.kappa.worker.WorkerNode}
{{- end }}

{{/* Those that are StatefulSets, with what each is told about its own pod. */}}
{{- define "kappa.stateful" -}}
router:
  identity: router.id
  state: router.state-directory
  host: router.host=0.0.0.0
  encryption: true
asyncQueue:
  identity: async-queue.id
  state: async-queue.state-directory
mapper:
  identity: mapper.instance
deadLetters:
  identity: dead-letters.id
  state: dead-letters.state-directory
{{- end }}

{{- define "kappa.selectorLabels" -}}
app.kubernetes.io/name: {{ include "kappa.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- with .pool }}
kappa.io/pool: {{ . }}
{{- end }}
{{- end }}

{{- define "kappa.labels" -}}
{{ include "kappa.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: kappa
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "kappa.image" -}}
{{- $name := .image.repository }}
{{- with .root.Values.image.registry }}{{ $name = printf "%s/%s" . $name }}{{ end }}
{{- if .image.digest }}
{{- printf "%s@%s" $name .image.digest }}
{{- else }}
{{- printf "%s:%s" $name (.image.tag | default .root.Values.image.tag | default .root.Chart.AppVersion) }}
{{- end }}
{{- end }}

{{/* One line of a file of Java properties. Numbers are whole, and Helm would write long ones with an exponent. */}}
{{- define "kappa.property" -}}
{{ .key }}={{ kindIs "float64" .value | ternary (.value | int64) .value | toString | replace "\\" "\\\\" | replace "\n" "\\n" }}
{{- end }}

{{- define "kappa.settingsOf" -}}
{{- $root := .root -}}
{{- $all := dict "kafka.bootstrap-servers" $root.Values.kafka.bootstrapServers "kafka.topic-prefix" $root.Values.kafka.topicPrefix "kafka.replication-factor" $root.Values.kafka.replicationFactor "kafka.create-topics" $root.Values.kafka.createTopics "management.host" "0.0.0.0" "management.port" 9001 }}
{{- range $key, $value := $root.Values.kafka.client }}
{{- $_ := set $all (printf "kafka.client.%s" $key) $value }}
{{- end }}
{{- if $root.Values.kafka.tls.existingSecret }}
{{- $_ := set $all "kafka.client.ssl.truststore.type" "PEM" }}
{{- $_ := set $all "kafka.client.ssl.truststore.location" (printf "/etc/kappa/kafka-tls/%s" $root.Values.kafka.tls.key) }}
{{- end }}
{{- $routers := printf "http://%s-router:%v" (include "kappa.fullname" $root) $root.Values.router.service.port }}
{{- if eq .key "asyncQueue" }}{{ $_ := set $all "async-queue.routers" $routers }}{{ end }}
{{- if eq .key "mapper" }}{{ $_ := set $all "mapper.routers" $routers }}{{ end }}
{{- $all = mergeOverwrite $all (deepCopy .settings) }}
{{- range $key, $value := $all }}
{{ include "kappa.property" (dict "key" $key "value" $value) }}
{{- end }}
{{- end }}

{{/* What restricted pod security demands of a pod, and of a container. */}}
{{- define "kappa.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "kappa.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{/* The process: arguments of Java, the main class, settings from files, and what only the pod knows. */}}
{{- define "kappa.arguments" -}}
{{- $main := (get (include "kappa.components" .root | fromYaml) .key).main -}}
{{- range .javaOptions }}
- {{ . | quote }}
{{- end }}
- {{ $main }}
- --settings
- /etc/kappa/settings/settings.properties
{{- if .root.Values.kafka.existingSecret }}
- --settings
- /etc/kappa/kafka
{{- end }}
{{- if .root.Values.strimzi.users.enabled }}
- --settings
- /etc/kappa/kafka-user
{{- end }}
{{- range $index, $_ := .existingSecrets }}
- --settings
- /etc/kappa/secrets/{{ $index }}
{{- end }}
{{- end }}

{{- define "kappa.environment" -}}
- {name: LOG_FORMAT, value: {{ .Values.log.format | quote }}}
- {name: LOG_LEVEL, value: {{ .Values.log.level | quote }}}
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- name: POD_IP
  valueFrom: {fieldRef: {fieldPath: status.podIP}}
{{- end }}

{{/* On the management port, which answers from the first moment: one that reads topics for minutes is alive, and not ready. */}}
{{- define "kappa.probes" -}}
startupProbe:
  httpGet: {path: /health/live, port: management}
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /health/live, port: management}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
readinessProbe:
  httpGet: {path: /health/ready, port: management}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 2
{{- end }}

{{- define "kappa.mounts" -}}
- {name: settings, mountPath: /etc/kappa/settings, readOnly: true}
- {name: tmp, mountPath: /tmp}
{{- if .root.Values.kafka.existingSecret }}
- {name: kafka, mountPath: /etc/kappa/kafka, readOnly: true}
{{- end }}
{{- if .root.Values.kafka.tls.existingSecret }}
- {name: kafka-tls, mountPath: /etc/kappa/kafka-tls, readOnly: true}
{{- end }}
{{- if .root.Values.strimzi.users.enabled }}
- {name: kafka-user, mountPath: /etc/kappa/kafka-user, readOnly: true}
{{- end }}
{{- range $index, $_ := .existingSecrets }}
- {name: secret-{{ $index }}, mountPath: /etc/kappa/secrets/{{ $index }}, readOnly: true}
{{- end }}
{{- if .encryption }}
- {name: encryption, mountPath: /etc/kappa/encryption, readOnly: true}
{{- end }}
{{- end }}

{{- define "kappa.volumes" -}}
- name: settings
  configMap: {name: {{ .settingsName }}}
- name: tmp
  emptyDir: {}
{{- with .root.Values.kafka.existingSecret }}
- name: kafka
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- with .root.Values.kafka.tls.existingSecret }}
- name: kafka-tls
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- if .root.Values.strimzi.users.enabled }}
- name: kafka-user
  secret:
    secretName: {{ include "kappa.fullname" .root }}-{{ .name }}
    defaultMode: 0440
    items: [{key: sasl.jaas.config, path: kafka.client.sasl.jaas.config}]
{{- end }}
{{- range $index, $name := .existingSecrets }}
- name: secret-{{ $index }}
  secret: {secretName: {{ $name }}, defaultMode: 0440}
{{- end }}
{{- if .encryption }}
- name: encryption
  secret:
    secretName: {{ .root.Values.encryption.existingSecret }}
    defaultMode: 0440
    items: [{key: {{ .root.Values.encryption.key }}, path: encryption.keys}]
{{- end }}
{{- end }}

{{/* Where pods go. */}}
{{- define "kappa.scheduling" -}}
{{- with .values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
{{- if .values.topologySpreadConstraints }}
{{- toYaml .values.topologySpreadConstraints | nindent 2 }}
{{- else }}
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "kappa.selectorLabels" $.selector | nindent 8 }}
{{- end }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{/* HPA or KEDA of one workload. */}}
{{- define "kappa.autoscaler" -}}
{{- $scaling := .autoscaling }}
{{- if eq $scaling.kind "HPA" }}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ .target }}
  labels: {{- include "kappa.labels" .selector | nindent 4 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: {{ .targetKind }}, name: {{ .target }}}
  minReplicas: {{ $scaling.minReplicas }}
  maxReplicas: {{ $scaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: {{ $scaling.cpuPercent }}}
  behavior:
    # What leaves finishes its invocations first: few at a time.
    scaleDown:
      stabilizationWindowSeconds: 300
      policies: [{type: Pods, value: 1, periodSeconds: 60}]
{{- else if eq $scaling.kind "KEDA" }}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ .target }}
  labels: {{- include "kappa.labels" .selector | nindent 4 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: {{ .targetKind }}, name: {{ .target }}}
  minReplicaCount: {{ $scaling.minReplicas }}
  maxReplicaCount: {{ $scaling.maxReplicas }}
  pollingInterval: 15
  cooldownPeriod: 300
  # Without an answer the number stays as it is at least.
  fallback: {failureThreshold: 4, replicas: {{ $scaling.minReplicas }}, behavior: currentReplicasIfHigher}
  triggers: {{- .triggers | nindent 4 }}
{{- end }}
{{- end }}

{{/* Whether at least two always run, so that one may be taken away. */}}
{{- define "kappa.floor" -}}
{{- if .autoscaling.kind }}{{ .autoscaling.minReplicas }}{{ else }}{{ .replicas }}{{ end }}
{{- end }}
