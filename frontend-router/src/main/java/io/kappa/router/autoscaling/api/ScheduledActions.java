package io.kappa.router.autoscaling.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.contracts.registry.ScalingRecord;
import io.kappa.contracts.registry.ScheduledActionRecord;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.shape.Input;
import io.kappa.router.autoscaling.Timetable;
import io.kappa.router.registry.ScalingChange;
import java.io.IOException;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The operations on what is to be done at certain times. */
final class ScheduledActions {
    private final ScaledResources resources;
    private final Clock clock;

    ScheduledActions(ScaledResources resources, Clock clock) {
        this.resources = resources;
        this.clock = clock;
    }

    ApiAnswer put(Input input) throws Exception {
        var resource = resources.named(input);
        var schedule = input.text("Schedule");
        var zone = input.text("Timezone");
        checkSchedule(schedule, zone);
        var start = input.moment("StartTime");
        var end = input.moment("EndTime");
        if (end != null && (!end.isAfter(clock.instant()) || (start != null && !start.isBefore(end)))) {
            throw ScaledResources.invalid("EndTime must lie in the future, and after StartTime.");
        }
        var range = Objects.requireNonNullElseGet(input.structure("ScalableTargetAction"), Input::new);
        var minimum = ScalableTargets.capacity(range, "MinCapacity");
        var maximum = ScalableTargets.capacity(range, "MaxCapacity");
        if (minimum != null && maximum != null && maximum < minimum) {
            throw ScaledResources.invalid("Maximum capacity cannot be less than minimum capacity");
        }
        resources.change(
                resource,
                new ScalingChange.PutAction(
                        input.requiredText("ScheduledActionName"),
                        UUID.randomUUID().toString(),
                        schedule,
                        zone,
                        start,
                        end,
                        minimum,
                        maximum));
        return ScalingJson.empty();
    }

    private void checkSchedule(@Nullable String schedule, @Nullable String zone) {
        if (zone != null && !ZoneId.getAvailableZoneIds().contains(zone)) {
            throw ScaledResources.invalid("Timezone " + zone + " is not the name of a time zone.");
        }
        if (schedule == null) {
            return;
        }
        try {
            var now = clock.instant();
            if (new Timetable(schedule, zone, now).next(now).isEmpty()) {
                throw ScaledResources.invalid("Schedule " + schedule + " lies in the past, or never comes.");
            }
        } catch (IllegalArgumentException e) {
            throw ScaledResources.invalid("Schedule " + schedule + " is not valid: " + e.getMessage());
        }
    }

    ApiAnswer delete(Input input) throws Exception {
        resources.change(
                resources.named(input), new ScalingChange.DeleteAction(input.requiredText("ScheduledActionName")));
        return ScalingJson.empty();
    }

    ApiAnswer describe(Input input) {
        var names = input.texts("ScheduledActionNames");
        var found = resources
                .described(input, ScheduledActionRecord.class)
                .filter(action -> names == null || names.isEmpty() || names.contains(action.name()));
        return ScalingPage.of(input, found, ScalingRecord::key).answer("ScheduledActions", ScheduledActions::write);
    }

    private static void write(JsonGenerator json, ScheduledActionRecord action) throws IOException {
        json.writeStringField("ScheduledActionName", action.name());
        json.writeStringField("ScheduledActionARN", ScalingArns.action(action));
        ScalingJson.writeResource(json, action);
        json.writeStringField("Schedule", action.schedule());
        if (action.timezone() != null) {
            json.writeStringField("Timezone", action.timezone());
        }
        ScalingJson.writeTime(json, "StartTime", action.start());
        ScalingJson.writeTime(json, "EndTime", action.end());
        json.writeObjectFieldStart("ScalableTargetAction");
        ScalingJson.writeWhole(json, "MinCapacity", action.minimum());
        ScalingJson.writeWhole(json, "MaxCapacity", action.maximum());
        json.writeEndObject();
        ScalingJson.writeTime(json, "CreationTime", action.created());
    }
}
