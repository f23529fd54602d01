package io.kappa.deadletters.index;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.json.RecordCodec;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asks of the index: a record of {@code dead-letters.commands}, its kind in a header, beside the outcomes that others write
 * there. Each names its action, so that one read twice is done once.
 */
sealed interface Command {

    String action();

    String kind();

    byte[] encoded();

    /** Starts a redrive; the action is its id. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record CreateRedrive(@JsonProperty("v") int formatVersion, String action, RedriveOrder order) implements Command {
        static final String KIND = "create-redrive";
        static final RecordCodec<CreateRedrive> CODEC = RecordCodec.of(CreateRedrive.class);

        public CreateRedrive {
            Objects.requireNonNull(action, "action");
            Objects.requireNonNull(order, "order");
            if (action.isEmpty() || action.contains("/")) {
                throw new IllegalArgumentException("not the id of a redrive: '" + action + "'");
            }
        }

        @Override
        public String kind() {
            return KIND;
        }

        @Override
        public byte[] encoded() {
            return CODEC.encode(this);
        }
    }

    /** Has a redrive send nothing more. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record CancelRedrive(
            @JsonProperty("v") int formatVersion,
            String action,
            String redrive,
            Instant at,
            @Nullable String by) implements Command {
        static final String KIND = "cancel-redrive";
        static final RecordCodec<CancelRedrive> CODEC = RecordCodec.of(CancelRedrive.class);

        public CancelRedrive {
            Objects.requireNonNull(action, "action");
            Objects.requireNonNull(redrive, "redrive");
            Objects.requireNonNull(at, "at");
        }

        @Override
        public String kind() {
            return KIND;
        }

        @Override
        public byte[] encoded() {
            return CODEC.encode(this);
        }
    }

    /** Takes dead letters out of the index. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Delete(
            @JsonProperty("v") int formatVersion,
            String action,
            Filter filter,
            Instant at,
            @Nullable String by) implements Command {
        static final String KIND = "delete";
        static final RecordCodec<Delete> CODEC = RecordCodec.of(Delete.class);

        public Delete {
            Objects.requireNonNull(action, "action");
            Objects.requireNonNull(filter, "filter");
            Objects.requireNonNull(at, "at");
        }

        @Override
        public String kind() {
            return KIND;
        }

        @Override
        public byte[] encoded() {
            return CODEC.encode(this);
        }
    }
}
