package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.FunctionArn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What Application Auto Scaling has lately done with a scalable target.
 *
 * @param activities in the order in which they were done, at most {@link #MOST}
 */
public record ScalingActivitiesRecord(
        @JsonProperty("v") int formatVersion, FunctionArn function, String qualifier, List<Activity> activities)
        implements ScalingRecord {
    /** How many of the last activities of a target are kept. */
    public static final int MOST = 50;

    /** Named as the API writes them. */
    public enum Status {
        Successful,
        Failed
    }

    /**
     * One change, or the attempt at one.
     *
     * @param id a UUID
     * @param number counts the activities of the target, from 1
     * @param description what was to be changed
     * @param cause why
     * @param message what came of it
     */
    public record Activity(
            String id, long number, String description, String cause, Instant at, Status status, String message) {}

    public ScalingActivitiesRecord {
        activities = List.copyOf(activities);
    }

    public ScalingActivitiesRecord(FunctionArn function, String qualifier, List<Activity> activities) {
        this(1, function, qualifier, activities);
    }

    /** The number of the next activity. */
    public long next() {
        return activities.isEmpty() ? 1 : activities.getLast().number() + 1;
    }

    /** With one more, and without the oldest where there were as many as are kept. */
    public ScalingActivitiesRecord with(Activity activity) {
        var all = new ArrayList<>(activities);
        all.add(activity);
        return new ScalingActivitiesRecord(
                function, qualifier, all.subList(Math.max(0, all.size() - MOST), all.size()));
    }

    @Override
    public String key() {
        return ScalingRecord.activitiesKey(function, qualifier);
    }
}
