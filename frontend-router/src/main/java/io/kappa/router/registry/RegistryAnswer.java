package io.kappa.router.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
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

    /** @param version the record that the API answers with; null where it answers with nothing */
    record Done(@Nullable VersionRecord version) implements RegistryAnswer {}

    record Refused(ErrorCode code, String message) implements RegistryAnswer {}
}
