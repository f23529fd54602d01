package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.layer.LayerVersionArn;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One version of a layer. All of it stays as it was published but the policy.
 *
 * @param description empty where there is none
 * @param compatibleRuntimes as they were given: for those who search, and checked against no function
 * @param compatibleArchitectures likewise
 * @param license null where none was given
 * @param policy who else may use it; null where nobody was ever let, or nobody is any more
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LayerVersionRecord(
        @JsonProperty("v") int formatVersion,
        LayerVersionArn version,
        CodePackage code,
        String description,
        List<String> compatibleRuntimes,
        List<String> compatibleArchitectures,
        @Nullable String license,
        Instant created,
        @Nullable Policy policy)
        implements RegistryRecord {

    /**
     * Who may use a version of a layer that belongs to another account.
     *
     * @param revisionId changes with every change of the policy
     * @param statements in the order in which they were added; at least one
     */
    public record Policy(String revisionId, List<Statement> statements) {
        public Policy {
            statements = List.copyOf(statements);
        }
    }

    /**
     * Lets somebody use the version.
     *
     * @param id unique in its policy
     * @param principal an account's id, the ARN of its root, or {@code *} for everybody
     * @param organization of everybody, those in that organization alone; null where all are meant
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Statement(
            String id, String principal, @Nullable String organization) {}

    public LayerVersionRecord {
        compatibleRuntimes = List.copyOf(compatibleRuntimes);
        compatibleArchitectures = List.copyOf(compatibleArchitectures);
    }

    public LayerVersionRecord(
            LayerVersionArn version,
            CodePackage code,
            String description,
            List<String> compatibleRuntimes,
            List<String> compatibleArchitectures,
            @Nullable String license,
            Instant created,
            @Nullable Policy policy) {
        this(1, version, code, description, compatibleRuntimes, compatibleArchitectures, license, created, policy);
    }

    @Override
    public String key() {
        return version.toString();
    }

    public LayerVersionRecord withPolicy(@Nullable Policy changed) {
        return new LayerVersionRecord(
                version, code, description, compatibleRuntimes, compatibleArchitectures, license, created, changed);
    }
}
