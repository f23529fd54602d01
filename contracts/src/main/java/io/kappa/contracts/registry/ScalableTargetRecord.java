package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.FunctionArn;
import java.time.Instant;
import java.util.Map;

/**
 * A version or an alias whose provisioned concurrency is scaled, and how far.
 *
 * @param id letters and digits that name it in its ARN; the same as long as it is registered
 * @param minimum at least 0 execution environments
 * @param maximum at least {@code minimum}
 */
public record ScalableTargetRecord(
        @JsonProperty("v") int formatVersion,
        FunctionArn function,
        String qualifier,
        String id,
        int minimum,
        int maximum,
        Suspended suspended,
        Instant created,
        Map<String, String> tags)
        implements ScalingRecord {

    /** What of scaling is held for now. */
    public record Suspended(boolean scaleIn, boolean scaleOut, boolean scheduled) {
        public static final Suspended NOTHING = new Suspended(false, false, false);
    }

    public ScalableTargetRecord {
        if (minimum < 0 || maximum < minimum) {
            throw new IllegalArgumentException("no range of capacity: " + minimum + " to " + maximum);
        }
        tags = Map.copyOf(tags);
    }

    public ScalableTargetRecord(
            FunctionArn function,
            String qualifier,
            String id,
            int minimum,
            int maximum,
            Suspended suspended,
            Instant created,
            Map<String, String> tags) {
        this(1, function, qualifier, id, minimum, maximum, suspended, created, tags);
    }

    @Override
    public String key() {
        return ScalingRecord.targetKey(function, qualifier);
    }

    public ScalableTargetRecord withRange(int least, int most) {
        return new ScalableTargetRecord(function, qualifier, id, least, most, suspended, created, tags);
    }

    public ScalableTargetRecord withTags(Map<String, String> changed) {
        return new ScalableTargetRecord(function, qualifier, id, minimum, maximum, suspended, created, changed);
    }

    /** The capacity within the range that is nearest to the given one. */
    public int nearest(int capacity) {
        return Math.clamp(capacity, minimum, maximum);
    }
}
