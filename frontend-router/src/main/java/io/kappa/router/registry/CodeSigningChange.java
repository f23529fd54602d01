package io.kappa.router.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.kappa.contracts.registry.CodeSigningConfigRecord.UntrustedCode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What somebody asks to be done with a code signing configuration. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = CodeSigningChange.Create.class, name = "create"),
    @JsonSubTypes.Type(value = CodeSigningChange.Update.class, name = "update"),
    @JsonSubTypes.Type(value = CodeSigningChange.Delete.class, name = "delete"),
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface CodeSigningChange {

    /** @param description null where none is given */
    record Create(
            @Nullable String description,
            List<String> publishers,
            UntrustedCode untrustedCode,
            Map<String, String> tags)
            implements CodeSigningChange {
        public Create {
            publishers = List.copyOf(publishers);
            Objects.requireNonNull(untrustedCode, "untrustedCode");
            tags = Map.copyOf(tags);
        }
    }

    /** What is null stays as it is. */
    record Update(
            @Nullable String description,
            @Nullable List<String> publishers,
            @Nullable UntrustedCode untrustedCode) implements CodeSigningChange {}

    record Delete() implements CodeSigningChange {}
}
