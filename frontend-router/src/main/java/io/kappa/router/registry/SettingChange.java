package io.kappa.router.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.kappa.contracts.registry.PolicyRecord;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What somebody asks to be changed of what is kept beside a function. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = SettingChange.AddPermission.class, name = "add-permission"),
    @JsonSubTypes.Type(value = SettingChange.RemovePermission.class, name = "remove-permission"),
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface SettingChange {

    /** @param revisionId refuses unless it is the current one; null asks for no such check */
    record AddPermission(
            PolicyRecord.Statement statement, @Nullable String revisionId) implements SettingChange {
        public AddPermission {
            Objects.requireNonNull(statement, "statement");
        }
    }

    /** @param revisionId refuses unless it is the current one; null asks for no such check */
    record RemovePermission(String statementId, @Nullable String revisionId) implements SettingChange {
        public RemovePermission {
            Objects.requireNonNull(statementId, "statementId");
        }
    }
}
