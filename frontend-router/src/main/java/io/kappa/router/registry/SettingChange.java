package io.kappa.router.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.kappa.contracts.function.CodeSigningConfigId;
import io.kappa.contracts.registry.PolicyRecord;
import io.kappa.contracts.registry.RecursionRecord;
import io.kappa.contracts.registry.RuntimeManagementRecord;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What somebody asks to be changed of what is kept beside a function. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = SettingChange.AddPermission.class, name = "add-permission"),
    @JsonSubTypes.Type(value = SettingChange.RemovePermission.class, name = "remove-permission"),
    @JsonSubTypes.Type(value = SettingChange.PutRecursiveLoop.class, name = "put-recursive-loop"),
    @JsonSubTypes.Type(value = SettingChange.PutRuntimeManagement.class, name = "put-runtime-management"),
    @JsonSubTypes.Type(value = SettingChange.PutCodeSigning.class, name = "put-code-signing"),
    @JsonSubTypes.Type(value = SettingChange.DeleteCodeSigning.class, name = "delete-code-signing"),
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

    record PutRecursiveLoop(RecursionRecord.Loop recursiveLoop) implements SettingChange {
        public PutRecursiveLoop {
            Objects.requireNonNull(recursiveLoop, "recursiveLoop");
        }
    }

    /** @param runtimeVersionArn null unless the updates are manual */
    record PutRuntimeManagement(
            RuntimeManagementRecord.UpdateRuntimeOn updateRuntimeOn,
            @Nullable String runtimeVersionArn) implements SettingChange {
        public PutRuntimeManagement {
            Objects.requireNonNull(updateRuntimeOn, "updateRuntimeOn");
        }
    }

    record PutCodeSigning(CodeSigningConfigId config) implements SettingChange {
        public PutCodeSigning {
            Objects.requireNonNull(config, "config");
        }
    }

    record DeleteCodeSigning() implements SettingChange {}
}
