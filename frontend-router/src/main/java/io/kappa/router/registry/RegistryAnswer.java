package io.kappa.router.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.registry.EventInvokeConfigRecord;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.FunctionUrlRecord;
import io.kappa.contracts.registry.LayerVersionRecord;
import io.kappa.contracts.registry.ProvisionedConcurrencyRecord;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.refusal.ErrorCode;
import org.jspecify.annotations.Nullable;

/** What became of a command. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = RegistryAnswer.Done.class, name = "done"),
    @JsonSubTypes.Type(value = RegistryAnswer.Refused.class, name = "refused"),
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface RegistryAnswer {

    /**
     * The change is made. At most one record comes with it: the one that the API answers with.
     *
     * @param version null where the change is not about one, or the API answers with nothing
     * @param alias null likewise
     * @param provisioned null likewise
     * @param eventInvokeConfig null likewise
     * @param mapping null likewise
     * @param layerVersion null likewise
     * @param url null likewise
     */
    record Done(
            @Nullable VersionRecord version,
            @Nullable AliasRecord alias,
            @Nullable ProvisionedConcurrencyRecord provisioned,
            @Nullable EventInvokeConfigRecord eventInvokeConfig,
            @Nullable EventSourceMappingRecord mapping,
            @Nullable LayerVersionRecord layerVersion,
            @Nullable FunctionUrlRecord url)
            implements RegistryAnswer {
        static final Done WITHOUT_RECORD = new Done(null, null, null, null, null, null, null);

        public Done(@Nullable VersionRecord version) {
            this(version, null, null, null, null, null, null);
        }

        public static Done with(AliasRecord alias) {
            return new Done(null, alias, null, null, null, null, null);
        }

        public static Done with(ProvisionedConcurrencyRecord config) {
            return new Done(null, null, config, null, null, null, null);
        }

        public static Done with(EventInvokeConfigRecord config) {
            return new Done(null, null, null, config, null, null, null);
        }

        public static Done with(EventSourceMappingRecord mapping) {
            return new Done(null, null, null, null, mapping, null, null);
        }

        public static Done with(LayerVersionRecord layerVersion) {
            return new Done(null, null, null, null, null, layerVersion, null);
        }

        public static Done with(FunctionUrlRecord url) {
            return new Done(null, null, null, null, null, null, url);
        }
    }

    record Refused(ErrorCode code, String message) implements RegistryAnswer {}
}
