{{- /* The labels of one component. Takes { name, root }. */ -}}
{{- define "chandlery.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/part-of: {{ .root.Values.partOf }}
{{- end }}

{{- /* Requests and limits are the same: what is asked for is what there is. */ -}}
{{- define "chandlery.resources" -}}
requests:
  cpu: {{ .cpu | quote }}
  memory: {{ .memory }}
limits:
  cpu: {{ .cpu | quote }}
  memory: {{ .memory }}
{{- end }}
