package io.kappa.router.api;

import static io.kappa.router.api.AutoScaling.DIMENSION;
import static io.kappa.router.api.AutoScaling.RESOURCE;
import static io.kappa.router.api.AutoScaling.action;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.applicationautoscaling.model.LimitExceededException;
import software.amazon.awssdk.services.applicationautoscaling.model.ObjectNotFoundException;
import software.amazon.awssdk.services.applicationautoscaling.model.PutScheduledActionRequest;
import software.amazon.awssdk.services.applicationautoscaling.model.ScheduledAction;
import software.amazon.awssdk.services.applicationautoscaling.model.ServiceNamespace;
import software.amazon.awssdk.services.applicationautoscaling.model.ValidationException;

/** Scheduled actions are put, shown and deleted through AWS's own client. */
class ScheduledActionsApiTest {
    private final RunningApi api = new RunningApi();
    private final AutoScaling scaling = new AutoScaling(api);

    @BeforeEach
    void registerATarget() {
        api.create("f", "\"Publish\":true,");
        scaling.register();
    }

    @AfterEach
    void close() {
        scaling.close();
        api.close();
    }

    private ScheduledAction only() {
        var actions = scaling.client
                .describeScheduledActions(request -> request.serviceNamespace(ServiceNamespace.LAMBDA))
                .scheduledActions();
        assertThat(actions).hasSize(1);
        return actions.getFirst();
    }

    private void assertRefused(Consumer<PutScheduledActionRequest.Builder> request, String problem) {
        assertThatThrownBy(() -> scaling.client.putScheduledAction(request))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void anActionIsPutAndShown() {
        var start = FakeRegistry.NOON.plus(Duration.ofDays(1));
        var end = start.plus(Duration.ofDays(30));

        scaling.client.putScheduledAction(action(
                "mornings in münchen",
                request -> request.timezone("Europe/Berlin")
                        .startTime(start)
                        .endTime(end)
                        .scalableTargetAction(range -> range.minCapacity(5).maxCapacity(50))));

        var action = only();
        assertThat(action.scheduledActionName()).isEqualTo("mornings in münchen");
        assertThat(action.scheduledActionARN())
                .matches("arn:aws:autoscaling:us-east-1:000000000000:scheduledAction:[0-9a-f-]{36}:"
                        + "resource/lambda/function:f:1:scheduledActionName/mornings in münchen");
        assertThat(action.schedule()).isEqualTo("cron(0 8 * * ? *)");
        assertThat(action.timezone()).isEqualTo("Europe/Berlin");
        assertThat(action.resourceId()).isEqualTo(RESOURCE);
        assertThat(action.scalableDimension()).isEqualTo(DIMENSION);
        assertThat(action.startTime()).isEqualTo(start);
        assertThat(action.endTime()).isEqualTo(end);
        assertThat(action.scalableTargetAction().minCapacity()).isEqualTo(5);
        assertThat(action.scalableTargetAction().maxCapacity()).isEqualTo(50);
        assertThat(action.creationTime()).isEqualTo(FakeRegistry.NOON);
    }

    @Test
    void whatIsNotNamedStaysAsItIsButStartAndEnd() {
        scaling.client.putScheduledAction(action(
                "a",
                request -> request.timezone("Europe/Berlin")
                        .startTime(FakeRegistry.NOON.plusSeconds(60))
                        .endTime(FakeRegistry.NOON.plusSeconds(600))));
        var arn = only().scheduledActionARN();

        scaling.client.putScheduledAction(
                action("a", request -> request.schedule(null).scalableTargetAction(range -> range.maxCapacity(7))));

        var action = only();
        assertThat(action.scheduledActionARN()).isEqualTo(arn);
        assertThat(action.schedule()).isEqualTo("cron(0 8 * * ? *)");
        assertThat(action.timezone()).isEqualTo("Europe/Berlin");
        assertThat(action.startTime()).isNull();
        assertThat(action.endTime()).isNull();
        assertThat(action.scalableTargetAction().minCapacity()).isNull();
        assertThat(action.scalableTargetAction().maxCapacity()).isEqualTo(7);
    }

    @Test
    void anActionNeedsATargetAScheduleAndARange() {
        assertThatThrownBy(() ->
                        scaling.client.putScheduledAction(action("a", request -> request.resourceId("function:f:2"))))
                .isInstanceOf(ObjectNotFoundException.class)
                .hasMessageContaining("No scalable target found");
        assertRefused(action("a", request -> request.schedule(null)), "Schedule must be specified");
        assertRefused(action("a", request -> request.scalableTargetAction(_ -> {})), "ScalableTargetAction must name");
        assertRefused(
                action(
                        "a",
                        request -> request.scalableTargetAction(
                                range -> range.minCapacity(5).maxCapacity(4))),
                "Maximum capacity cannot be less than minimum capacity");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cron(0 8 * * *)", "rate(0 minutes)", "at(tomorrow)", "every day"})
    void aScheduleThatIsNoneIsRefused(String schedule) {
        assertRefused(action("a", request -> request.schedule(schedule)), "Schedule " + schedule + " is not valid");
    }

    @Test
    void timesThatAreOverAreRefused() {
        assertRefused(action("a", request -> request.schedule("cron(0 0 30 2 ? *)")), "never comes");
        assertRefused(action("a", request -> request.schedule("cron(0 0 1 1 ? 2025)")), "never comes");
        assertRefused(action("a", request -> request.schedule("at(2026-11-20T12:00:00)")), "lies in the past");
        assertRefused(
                action(
                        "a",
                        request -> request.schedule("at(2026-11-20T12:30:00)").timezone("Europe/Berlin")),
                "lies in the past");
        scaling.client.putScheduledAction(action(
                "a", request -> request.schedule("at(2026-11-20T12:30:00)").timezone("America/New_York")));
        assertRefused(action("b", request -> request.endTime(FakeRegistry.NOON.minusSeconds(1))), "EndTime");
        assertRefused(
                action(
                        "b",
                        request -> request.startTime(FakeRegistry.NOON.plusSeconds(20))
                                .endTime(FakeRegistry.NOON.plusSeconds(10))),
                "EndTime");
    }

    @Test
    void aTimeZoneHasAName() {
        assertRefused(action("a", request -> request.timezone("Europe/Nowhere")), "Timezone Europe/Nowhere");
    }

    @Test
    void aNameHasNoColonOrSlash() {
        assertRefused(action("a:b", _ -> {}), "at 'scheduledActionName' failed to satisfy constraint");
    }

    @Test
    void aTargetHasAtMostTwoHundred() {
        for (int i = 0; i < 200; i++) {
            scaling.client.putScheduledAction(action("a" + i, _ -> {}));
        }

        assertThatThrownBy(() -> scaling.client.putScheduledAction(action("one more", _ -> {})))
                .isInstanceOf(LimitExceededException.class);
        scaling.client.putScheduledAction(action("a7", request -> request.schedule("rate(1 day)")));
        assertThat(scaling.client
                        .describeScheduledActionsPaginator(request -> request.serviceNamespace(ServiceNamespace.LAMBDA))
                        .scheduledActions())
                .hasSize(200);
        assertThat(scaling.client
                        .describeScheduledActions(request -> request.serviceNamespace(ServiceNamespace.LAMBDA)
                                .scheduledActionNames("a7", "a8"))
                        .scheduledActions())
                .extracting(ScheduledAction::schedule)
                .containsExactly("rate(1 day)", "cron(0 8 * * ? *)");
    }

    private void delete(String name) {
        scaling.client.deleteScheduledAction(request -> request.serviceNamespace(ServiceNamespace.LAMBDA)
                .resourceId(RESOURCE)
                .scalableDimension(DIMENSION)
                .scheduledActionName(name));
    }

    @Test
    void aDeletedActionIsGone() {
        scaling.client.putScheduledAction(action("a", _ -> {}));

        delete("a");

        assertThat(scaling.client
                        .describeScheduledActions(request -> request.serviceNamespace(ServiceNamespace.LAMBDA))
                        .scheduledActions())
                .isEmpty();
        assertThatThrownBy(() -> delete("a"))
                .isInstanceOf(ObjectNotFoundException.class)
                .hasMessageContaining("No scheduled action found");
    }
}
