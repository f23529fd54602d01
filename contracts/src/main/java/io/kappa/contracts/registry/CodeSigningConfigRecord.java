package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.CodeSigningConfigId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose signatures the code of some functions must bear. The one that was deleted last is remembered as such, so that the account's highest
 * number stays in the topic.
 *
 * @param description null where none was given
 * @param publishers ARNs of versions of signing profiles
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CodeSigningConfigRecord(
        @JsonProperty("v") int formatVersion,
        CodeSigningConfigId id,
        @Nullable String description,
        List<String> publishers,
        UntrustedCode untrustedCode,
        Instant lastModified,
        Map<String, String> tags,
        boolean deleted)
        implements RegistryRecord {

    /** What is done about code that bears none of the signatures. Named as the API writes it. */
    public enum UntrustedCode {
        Warn,
        Enforce
    }

    public CodeSigningConfigRecord {
        publishers = List.copyOf(publishers);
        tags = Map.copyOf(tags);
    }

    public CodeSigningConfigRecord(
            CodeSigningConfigId id,
            @Nullable String description,
            List<String> publishers,
            UntrustedCode untrustedCode,
            Instant lastModified,
            Map<String, String> tags,
            boolean deleted) {
        this(1, id, description, publishers, untrustedCode, lastModified, tags, deleted);
    }

    public CodeSigningConfigRecord withTags(Map<String, String> changed) {
        return new CodeSigningConfigRecord(id, description, publishers, untrustedCode, lastModified, changed, deleted);
    }

    @Override
    public String key() {
        return id.toString();
    }
}
