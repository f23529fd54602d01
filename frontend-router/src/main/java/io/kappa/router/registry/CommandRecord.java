package io.kappa.router.registry;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.Objects;

/** What is written to {@code registry.commands}, under the account that it is about. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = CommandRecord.Ask.class, name = "ask"),
    @JsonSubTypes.Type(value = CommandRecord.AnnounceUpload.class, name = "announce-upload"),
})
sealed interface CommandRecord {

    /**
     * Somebody asks for a change and waits for the reply.
     *
     * @param id names the asking: one asked twice is done once
     * @param asked when it was first asked; one that has waited too long is refused, because its asker has given up
     */
    record Ask(@JsonProperty("v") int formatVersion, String id, Instant asked, RegistryCommand command)
            implements CommandRecord {
        public Ask {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(asked, "asked");
            Objects.requireNonNull(command, "command");
        }

        Ask(String id, Instant asked, RegistryCommand command) {
            this(1, id, asked, command);
        }
    }

    /** Chunks of a package are about to be written. Nobody waits for a reply. */
    record AnnounceUpload(@JsonProperty("v") int formatVersion, Upload upload) implements CommandRecord {
        public AnnounceUpload {
            Objects.requireNonNull(upload, "upload");
        }

        AnnounceUpload(Upload upload) {
            this(1, upload);
        }
    }
}
