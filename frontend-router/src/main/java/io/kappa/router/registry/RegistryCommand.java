package io.kappa.router.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.eventsource.SourceAccess;
import io.kappa.contracts.function.CodeSigningConfigId;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.layer.LayerArn;
import io.kappa.contracts.layer.LayerVersionArn;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.FunctionCode;
import io.kappa.contracts.registry.FunctionUrlRecord.AuthType;
import io.kappa.contracts.registry.FunctionUrlRecord.Cors;
import io.kappa.contracts.registry.FunctionUrlRecord.InvokeMode;
import io.kappa.contracts.registry.LayerVersionRecord;
import io.kappa.contracts.registry.RegistryKey;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.spi.LoggingEventBuilder;

/** A change of the registry that somebody asks for. Well-formed by itself; whether it fits the state is decided by the owner. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = RegistryCommand.CreateFunction.class, name = "create-function"),
    @JsonSubTypes.Type(value = RegistryCommand.UpdateFunctionCode.class, name = "update-function-code"),
    @JsonSubTypes.Type(
            value = RegistryCommand.UpdateFunctionConfiguration.class,
            name = "update-function-configuration"),
    @JsonSubTypes.Type(value = RegistryCommand.DeleteFunction.class, name = "delete-function"),
    @JsonSubTypes.Type(value = RegistryCommand.PublishVersion.class, name = "publish-version"),
    @JsonSubTypes.Type(
            value = RegistryCommand.PutFunctionEventInvokeConfig.class,
            name = "put-function-event-invoke-config"),
    @JsonSubTypes.Type(
            value = RegistryCommand.UpdateFunctionEventInvokeConfig.class,
            name = "update-function-event-invoke-config"),
    @JsonSubTypes.Type(
            value = RegistryCommand.DeleteFunctionEventInvokeConfig.class,
            name = "delete-function-event-invoke-config"),
    @JsonSubTypes.Type(value = RegistryCommand.PutFunctionConcurrency.class, name = "put-function-concurrency"),
    @JsonSubTypes.Type(value = RegistryCommand.DeleteFunctionConcurrency.class, name = "delete-function-concurrency"),
    @JsonSubTypes.Type(value = RegistryCommand.CreateAlias.class, name = "create-alias"),
    @JsonSubTypes.Type(value = RegistryCommand.UpdateAlias.class, name = "update-alias"),
    @JsonSubTypes.Type(value = RegistryCommand.DeleteAlias.class, name = "delete-alias"),
    @JsonSubTypes.Type(value = RegistryCommand.PutProvisionedConcurrency.class, name = "put-provisioned-concurrency"),
    @JsonSubTypes.Type(
            value = RegistryCommand.DeleteProvisionedConcurrency.class,
            name = "delete-provisioned-concurrency"),
    @JsonSubTypes.Type(value = RegistryCommand.CreateFunctionUrl.class, name = "create-function-url"),
    @JsonSubTypes.Type(value = RegistryCommand.UpdateFunctionUrl.class, name = "update-function-url"),
    @JsonSubTypes.Type(value = RegistryCommand.DeleteFunctionUrl.class, name = "delete-function-url"),
    @JsonSubTypes.Type(value = RegistryCommand.CreateEventSourceMapping.class, name = "create-event-source-mapping"),
    @JsonSubTypes.Type(value = RegistryCommand.UpdateEventSourceMapping.class, name = "update-event-source-mapping"),
    @JsonSubTypes.Type(value = RegistryCommand.DeleteEventSourceMapping.class, name = "delete-event-source-mapping"),
    @JsonSubTypes.Type(value = RegistryCommand.PublishLayerVersion.class, name = "publish-layer-version"),
    @JsonSubTypes.Type(value = RegistryCommand.DeleteLayerVersion.class, name = "delete-layer-version"),
    @JsonSubTypes.Type(value = RegistryCommand.AddLayerVersionPermission.class, name = "add-layer-version-permission"),
    @JsonSubTypes.Type(
            value = RegistryCommand.RemoveLayerVersionPermission.class,
            name = "remove-layer-version-permission"),
    @JsonSubTypes.Type(value = RegistryCommand.ChangeScaling.class, name = "change-scaling"),
    @JsonSubTypes.Type(value = RegistryCommand.ChangeSetting.class, name = "change-setting"),
    @JsonSubTypes.Type(value = RegistryCommand.ChangeTags.class, name = "change-tags"),
    @JsonSubTypes.Type(value = RegistryCommand.ChangeCodeSigningConfig.class, name = "change-code-signing-config"),
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface RegistryCommand {

    /** The account that it is about: its owner decides. */
    String account();

    /** Says in a log whom it is about. */
    LoggingEventBuilder about(LoggingEventBuilder event);

    /** A change of one function. */
    sealed interface OfFunction extends RegistryCommand {
        FunctionArn function();

        @Override
        default String account() {
            return function().account();
        }

        @Override
        default LoggingEventBuilder about(LoggingEventBuilder event) {
            return event.addKeyValue("function", function());
        }
    }

    /** A change of one event source mapping. */
    sealed interface OfMapping extends RegistryCommand {
        MappingId mapping();

        @Override
        default String account() {
            return mapping().account();
        }

        @Override
        default LoggingEventBuilder about(LoggingEventBuilder event) {
            return event.addKeyValue("mappingId", mapping().uuid());
        }
    }

    /** A change of the URL of a function or of one of its aliases. */
    sealed interface OfFunctionUrl extends OfFunction {
        /** An alias or {@code $LATEST}. */
        String qualifier();
    }

    /** A change of one layer. */
    sealed interface OfLayer extends RegistryCommand {
        LayerArn layer();

        @Override
        default String account() {
            return layer().account();
        }

        @Override
        default LoggingEventBuilder about(LoggingEventBuilder event) {
            return event.addKeyValue("layer", layer());
        }
    }

    /** A change of one version of a layer. */
    sealed interface OfLayerVersion extends OfLayer {
        LayerVersionArn version();

        @Override
        default LayerArn layer() {
            return version().layer();
        }
    }

    /**
     * @param publish whether version 1, or the next number of a name used before, is published at once and answered
     * @param codeSigningConfig that the function's code is held to; null where there is none
     */
    record CreateFunction(
            FunctionArn function,
            FunctionConfiguration configuration,
            FunctionCode code,
            Map<String, String> tags,
            boolean publish,
            @Nullable CodeSigningConfigId codeSigningConfig)
            implements OfFunction {

        public CreateFunction {
            Objects.requireNonNull(configuration, "configuration");
            Objects.requireNonNull(code, "code");
            tags = Map.copyOf(tags);
        }
    }

    /**
     * @param architectures null leaves them as they are
     * @param publish whether a version is published at once and answered
     * @param dryRun answers what would be, and changes nothing
     * @param revisionId refuses unless it is the current one; null asks for no such check
     */
    record UpdateFunctionCode(
            FunctionArn function,
            FunctionCode code,
            @Nullable List<String> architectures,
            boolean publish,
            boolean dryRun,
            @Nullable String revisionId)
            implements OfFunction {}

    /** @param revisionId refuses unless it is the current one; null asks for no such check */
    record UpdateFunctionConfiguration(
            FunctionArn function,
            ConfigurationChange change,
            @Nullable String revisionId) implements OfFunction {}

    /** @param version the one version to delete; null deletes the function with all of its versions */
    record DeleteFunction(FunctionArn function, @Nullable Version version) implements OfFunction {}

    /**
     * @param codeSha256 base64; refuses unless the code of {@code $LATEST} has it; null asks for no such check
     * @param description of the version; null takes the function's
     * @param revisionId refuses unless it is the current one; null asks for no such check
     */
    record PublishVersion(
            FunctionArn function,
            @Nullable String codeSha256,
            @Nullable String description,
            @Nullable String revisionId)
            implements OfFunction {}

    /**
     * Sets how asynchronous invocations of one qualifier are treated, in place of whatever was set before.
     *
     * @param qualifier {@code $LATEST}, a version's number or an alias
     */
    record PutFunctionEventInvokeConfig(FunctionArn function, String qualifier, EventInvokeChange change)
            implements OfFunction {
        public PutFunctionEventInvokeConfig {
            Objects.requireNonNull(qualifier, "qualifier");
            Objects.requireNonNull(change, "change");
        }
    }

    /** As {@link PutFunctionEventInvokeConfig}, and leaves what it does not name as it is. */
    record UpdateFunctionEventInvokeConfig(FunctionArn function, String qualifier, EventInvokeChange change)
            implements OfFunction {
        public UpdateFunctionEventInvokeConfig {
            Objects.requireNonNull(qualifier, "qualifier");
            Objects.requireNonNull(change, "change");
        }
    }

    record DeleteFunctionEventInvokeConfig(FunctionArn function, String qualifier) implements OfFunction {
        public DeleteFunctionEventInvokeConfig {
            Objects.requireNonNull(qualifier, "qualifier");
        }
    }

    /** @param reserved how many of its invocations may run at once, which no other function can take */
    record PutFunctionConcurrency(FunctionArn function, int reserved) implements OfFunction {}

    record DeleteFunctionConcurrency(FunctionArn function) implements OfFunction {}

    /**
     * @param description empty where none was given
     * @param additional versions that take a share of the invocations, of which there can be one
     */
    record CreateAlias(
            FunctionArn function,
            String name,
            Version version,
            String description,
            List<AliasRecord.Additional> additional)
            implements OfFunction {
        public CreateAlias {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(description, "description");
            additional = List.copyOf(additional);
        }
    }

    /** @param revisionId refuses unless it is the current one; null asks for no such check */
    record UpdateAlias(
            FunctionArn function,
            String name,
            AliasChange change,
            @Nullable String revisionId) implements OfFunction {
        public UpdateAlias {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(change, "change");
        }
    }

    record DeleteAlias(FunctionArn function, String name) implements OfFunction {
        public DeleteAlias {
            Objects.requireNonNull(name, "name");
        }
    }

    /**
     * Sets how many execution environments are kept ready for a qualifier, in place of whatever was set before.
     *
     * @param qualifier a version number or an alias
     * @param executions at least 1
     */
    record PutProvisionedConcurrency(FunctionArn function, String qualifier, int executions) implements OfFunction {
        public PutProvisionedConcurrency {
            Objects.requireNonNull(qualifier, "qualifier");
        }
    }

    record DeleteProvisionedConcurrency(FunctionArn function, String qualifier) implements OfFunction {
        public DeleteProvisionedConcurrency {
            Objects.requireNonNull(qualifier, "qualifier");
        }
    }

    /** @param urlId as it will be known: whoever asks chooses it, so that asking twice makes one URL */
    record CreateFunctionUrl(
            FunctionArn function,
            String qualifier,
            String urlId,
            AuthType authType,
            InvokeMode invokeMode,
            @Nullable Cors cors)
            implements OfFunctionUrl {
        public CreateFunctionUrl {
            Objects.requireNonNull(qualifier, "qualifier");
            Objects.requireNonNull(urlId, "urlId");
            Objects.requireNonNull(authType, "authType");
            Objects.requireNonNull(invokeMode, "invokeMode");
        }

        /** The ARN of what the URL is of. */
        String urlOf() {
            return qualifier.equals("$LATEST") ? function.toString() : function.qualified(qualifier);
        }
    }

    record UpdateFunctionUrl(FunctionArn function, String qualifier, FunctionUrlChange change)
            implements OfFunctionUrl {
        public UpdateFunctionUrl {
            Objects.requireNonNull(qualifier, "qualifier");
            Objects.requireNonNull(change, "change");
        }
    }

    record DeleteFunctionUrl(FunctionArn function, String qualifier) implements OfFunctionUrl {
        public DeleteFunctionUrl {
            Objects.requireNonNull(qualifier, "qualifier");
        }
    }

    /**
     * @param mapping as it will be known: whoever asks chooses the UUID, so that asking twice makes one mapping
     * @param consumerGroup of a Kafka source; the UUID where none was given
     */
    record CreateEventSourceMapping(
            MappingId mapping,
            InvocationTarget target,
            EventSource source,
            List<SourceAccess> access,
            String consumerGroup,
            boolean enabled,
            EventSourceMappingRecord.Options options,
            Map<String, String> tags)
            implements OfMapping {
        public CreateEventSourceMapping {
            Objects.requireNonNull(target, "target");
            Objects.requireNonNull(source, "source");
            Objects.requireNonNull(consumerGroup, "consumerGroup");
            Objects.requireNonNull(options, "options");
            access = List.copyOf(access);
            tags = Map.copyOf(tags);
        }
    }

    record UpdateEventSourceMapping(MappingId mapping, MappingChange change) implements OfMapping {
        public UpdateEventSourceMapping {
            Objects.requireNonNull(change, "change");
        }
    }

    record DeleteEventSourceMapping(MappingId mapping) implements OfMapping {}

    /**
     * Changes the tags of a function, an event source mapping or a code signing configuration.
     *
     * @param resource its ARN
     * @param set added, or put in place of those of the same keys
     * @param removed keys, of which some may not be there
     */
    record ChangeTags(String resource, Map<String, String> set, List<String> removed) implements RegistryCommand {
        public ChangeTags {
            set = Map.copyOf(set);
            removed = List.copyOf(removed);
        }

        @Override
        public String account() {
            return RegistryKey.parse(resource).account();
        }

        @Override
        public LoggingEventBuilder about(LoggingEventBuilder event) {
            return event.addKeyValue("resource", resource);
        }
    }

    record ChangeCodeSigningConfig(CodeSigningConfigId config, CodeSigningChange change) implements RegistryCommand {
        public ChangeCodeSigningConfig {
            Objects.requireNonNull(change, "change");
        }

        @Override
        public String account() {
            return config.account();
        }

        @Override
        public LoggingEventBuilder about(LoggingEventBuilder event) {
            return event.addKeyValue("codeSigningConfig", config);
        }
    }

    /**
     * Changes something that is kept beside a function, a version or an alias.
     *
     * @param qualifier null where it is kept for the function itself
     */
    record ChangeSetting(FunctionArn function, @Nullable String qualifier, SettingChange change) implements OfFunction {
        public ChangeSetting {
            Objects.requireNonNull(change, "change");
        }
    }

    /**
     * @param description empty where none was given
     * @param license null where none was given
     */
    record PublishLayerVersion(
            LayerArn layer,
            CodePackage code,
            String description,
            List<String> compatibleRuntimes,
            List<String> compatibleArchitectures,
            @Nullable String license)
            implements OfLayer {
        public PublishLayerVersion {
            Objects.requireNonNull(layer, "layer");
            Objects.requireNonNull(code, "code");
            Objects.requireNonNull(description, "description");
            compatibleRuntimes = List.copyOf(compatibleRuntimes);
            compatibleArchitectures = List.copyOf(compatibleArchitectures);
        }
    }

    record DeleteLayerVersion(LayerVersionArn version) implements OfLayerVersion {}

    /** @param revisionId refuses unless it is that of the policy there is; null asks for no such check */
    record AddLayerVersionPermission(
            LayerVersionArn version,
            LayerVersionRecord.Statement statement,
            @Nullable String revisionId) implements OfLayerVersion {
        public AddLayerVersionPermission {
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(statement, "statement");
        }
    }

    /** @param revisionId refuses unless it is that of the policy there is; null asks for no such check */
    record RemoveLayerVersionPermission(
            LayerVersionArn version,
            String statementId,
            @Nullable String revisionId) implements OfLayerVersion {
        public RemoveLayerVersionPermission {
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(statementId, "statementId");
        }
    }

    /**
     * Changes how the provisioned concurrency of a version or an alias is scaled.
     *
     * @param qualifier a version number or an alias
     */
    record ChangeScaling(FunctionArn function, String qualifier, ScalingChange change) implements OfFunction {
        public ChangeScaling {
            Objects.requireNonNull(qualifier, "qualifier");
            Objects.requireNonNull(change, "change");
        }
    }
}
