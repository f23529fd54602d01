package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * One piece of what the platform is configured to do. {@code registry.records} holds the latest of each key; a record without a value
 * says that the key is gone. Written by the registry alone, read by every service.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = FunctionRecord.class, name = "function"),
    @JsonSubTypes.Type(value = VersionRecord.class, name = "function-version"),
    @JsonSubTypes.Type(value = AliasRecord.class, name = "alias"),
    @JsonSubTypes.Type(value = ProvisionedConcurrencyRecord.class, name = "provisioned-concurrency"),
    @JsonSubTypes.Type(value = EventInvokeConfigRecord.class, name = "event-invoke-config"),
    @JsonSubTypes.Type(value = FunctionUrlRecord.class, name = "function-url"),
    @JsonSubTypes.Type(value = EventSourceMappingRecord.class, name = "event-source-mapping"),
    @JsonSubTypes.Type(value = LayerRecord.class, name = "layer"),
    @JsonSubTypes.Type(value = LayerVersionRecord.class, name = "layer-version"),
    @JsonSubTypes.Type(value = ScalableTargetRecord.class, name = "scalable-target"),
    @JsonSubTypes.Type(value = ScalingPolicyRecord.class, name = "scaling-policy"),
    @JsonSubTypes.Type(value = ScheduledActionRecord.class, name = "scheduled-action"),
    @JsonSubTypes.Type(value = ScalingActivitiesRecord.class, name = "scaling-activities"),
    @JsonSubTypes.Type(value = PolicyRecord.class, name = "policy"),
    @JsonSubTypes.Type(value = RecursionRecord.class, name = "recursion-config"),
    @JsonSubTypes.Type(value = RuntimeManagementRecord.class, name = "runtime-management-config"),
    @JsonSubTypes.Type(value = CodeSigningRecord.class, name = "code-signing"),
    @JsonSubTypes.Type(value = CodeSigningConfigRecord.class, name = "code-signing-config"),
})
public sealed interface RegistryRecord
        permits FunctionRecord,
                VersionRecord,
                AliasRecord,
                ProvisionedConcurrencyRecord,
                EventInvokeConfigRecord,
                FunctionUrlRecord,
                EventSourceMappingRecord,
                LayerRecord,
                LayerVersionRecord,
                ScalingRecord,
                SettingRecord,
                CodeSigningConfigRecord {

    /** Key of the record: the ARN of what it describes, and a suffix where several records describe the same. */
    String key();
}
