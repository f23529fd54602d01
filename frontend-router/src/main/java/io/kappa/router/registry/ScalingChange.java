package io.kappa.router.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants changed of the scaling of a version or an alias. Ids are for what is made by the change; whoever asks chooses them, so
 * that asking twice makes one.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ScalingChange.RegisterTarget.class, name = "register-target"),
    @JsonSubTypes.Type(value = ScalingChange.DeregisterTarget.class, name = "deregister-target"),
    @JsonSubTypes.Type(value = ScalingChange.PutPolicy.class, name = "put-policy"),
    @JsonSubTypes.Type(value = ScalingChange.DeletePolicy.class, name = "delete-policy"),
    @JsonSubTypes.Type(value = ScalingChange.PutAction.class, name = "put-action"),
    @JsonSubTypes.Type(value = ScalingChange.DeleteAction.class, name = "delete-action"),
    @JsonSubTypes.Type(value = ScalingChange.Tag.class, name = "tag"),
    @JsonSubTypes.Type(value = ScalingChange.Untag.class, name = "untag"),
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface ScalingChange {

    /**
     * Has the qualifier scaled from now on, or changes how far. What is null stays as it is.
     *
     * @param minimum execution environments, at least 0
     * @param maximum execution environments, at least 0
     * @param tags of a new target
     */
    record RegisterTarget(
            String id,
            @Nullable Integer minimum,
            @Nullable Integer maximum,
            @Nullable Boolean scaleInSuspended,
            @Nullable Boolean scaleOutSuspended,
            @Nullable Boolean scheduledSuspended,
            Map<String, String> tags)
            implements ScalingChange {
        public RegisterTarget {
            Objects.requireNonNull(id, "id");
            tags = Map.copyOf(tags);
        }
    }

    /** Scales the qualifier no longer, and forgets all that was set for it. */
    record DeregisterTarget() implements ScalingChange {}

    /**
     * Sets a policy, in place of one of that name.
     *
     * @param targetValue 0.1 to 0.9
     */
    record PutPolicy(
            String name,
            String id,
            double targetValue,
            @Nullable Integer scaleOutCooldownSeconds,
            @Nullable Integer scaleInCooldownSeconds,
            @Nullable Boolean disableScaleIn)
            implements ScalingChange {
        public PutPolicy {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(id, "id");
        }
    }

    record DeletePolicy(String name) implements ScalingChange {
        public DeletePolicy {
            Objects.requireNonNull(name, "name");
        }
    }

    /**
     * Makes a scheduled action, or changes one. Of one that there is, schedule, time zone and range stay as they are where they are null;
     * start and end do not.
     *
     * @param minimum of the range; where one of the two is given, both are replaced
     */
    record PutAction(
            String name,
            String id,
            @Nullable String schedule,
            @Nullable String timezone,
            @Nullable Instant start,
            @Nullable Instant end,
            @Nullable Integer minimum,
            @Nullable Integer maximum)
            implements ScalingChange {
        public PutAction {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(id, "id");
        }
    }

    record DeleteAction(String name) implements ScalingChange {
        public DeleteAction {
            Objects.requireNonNull(name, "name");
        }
    }

    record Tag(Map<String, String> tags) implements ScalingChange {
        public Tag {
            tags = Map.copyOf(tags);
        }
    }

    record Untag(List<String> keys) implements ScalingChange {
        public Untag {
            keys = List.copyOf(keys);
        }
    }
}
