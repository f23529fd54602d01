package io.kappa.router.autoscaling.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.contracts.registry.ScalingActivitiesRecord;
import io.kappa.contracts.registry.ScalingActivitiesRecord.Activity;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.shape.Input;
import java.io.IOException;
import java.util.Comparator;
import java.util.Locale;

/** What was done lately, the latest first. */
final class ScalingActivities {
    private final ScaledResources resources;

    private record Done(ScalingActivitiesRecord of, Activity activity) {

        /** Rises from the latest to the oldest. */
        String position() {
            return String.format(
                    Locale.ROOT,
                    "%019d/%019d/%s",
                    Long.MAX_VALUE - activity.at().toEpochMilli(),
                    Long.MAX_VALUE - activity.number(),
                    activity.id());
        }
    }

    ScalingActivities(ScaledResources resources) {
        this.resources = resources;
    }

    ApiAnswer describe(Input input) {
        var all = resources
                .described(input, ScalingActivitiesRecord.class)
                .flatMap(record -> record.activities().stream().map(activity -> new Done(record, activity)))
                .sorted(Comparator.comparing(Done::position));
        return ScalingPage.of(input, all, Done::position).answer("ScalingActivities", ScalingActivities::write);
    }

    private static void write(JsonGenerator json, Done done) throws IOException {
        var activity = done.activity();
        json.writeStringField("ActivityId", activity.id());
        ScalingJson.writeResource(json, done.of());
        json.writeStringField("Description", activity.description());
        json.writeStringField("Cause", activity.cause());
        ScalingJson.writeTime(json, "StartTime", activity.at());
        ScalingJson.writeTime(json, "EndTime", activity.at());
        json.writeStringField("StatusCode", activity.status().name());
        json.writeStringField("StatusMessage", activity.message());
    }
}
