package io.kappa.router.api;

import static io.kappa.router.api.AutoScaling.DIMENSION;
import static io.kappa.router.api.AutoScaling.RESOURCE;
import static io.kappa.router.api.AutoScaling.action;
import static io.kappa.router.api.AutoScaling.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.applicationautoscaling.model.InvalidNextTokenException;
import software.amazon.awssdk.services.applicationautoscaling.model.ObjectNotFoundException;
import software.amazon.awssdk.services.applicationautoscaling.model.ResourceNotFoundException;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalableTarget;
import software.amazon.awssdk.services.applicationautoscaling.model.ServiceNamespace;
import software.amazon.awssdk.services.applicationautoscaling.model.ValidationException;

/** What is scaled is registered, shown, tagged and deregistered through AWS's own client. */
class ScalableTargetsApiTest {
    private final RunningApi api = new RunningApi();
    private final AutoScaling scaling = new AutoScaling(api);

    @BeforeEach
    void createTheFunction() {
        api.create("f", "\"Publish\":true,");
    }

    @AfterEach
    void close() {
        scaling.close();
        api.close();
    }

    private ScalableTarget only() {
        var targets = scaling.client
                .describeScalableTargets(request -> request.serviceNamespace(ServiceNamespace.LAMBDA))
                .scalableTargets();
        assertThat(targets).hasSize(1);
        return targets.getFirst();
    }

    @Test
    void aTargetIsRegisteredAndShown() {
        var arn = scaling.register();

        assertThat(arn).matches("arn:aws:application-autoscaling:us-east-1:000000000000:scalable-target/[a-z0-9]{32}");
        var target = only();
        assertThat(target.scalableTargetARN()).isEqualTo(arn);
        assertThat(target.serviceNamespace()).isEqualTo(ServiceNamespace.LAMBDA);
        assertThat(target.resourceId()).isEqualTo(RESOURCE);
        assertThat(target.scalableDimension()).isEqualTo(DIMENSION);
        assertThat(target.minCapacity()).isEqualTo(1);
        assertThat(target.maxCapacity()).isEqualTo(10);
        assertThat(target.creationTime()).isEqualTo(FakeRegistry.NOON);
        assertThat(target.roleARN()).contains("AWSServiceRoleForApplicationAutoScaling_LambdaConcurrency");
        assertThat(target.suspendedState().dynamicScalingInSuspended()).isFalse();
        assertThat(target.suspendedState().scheduledScalingSuspended()).isFalse();
    }

    @Test
    void whatIsNotNamedStaysAsItIs() {
        var arn = scaling.register();

        scaling.register(request -> request.minCapacity(null).maxCapacity(20));
        scaling.register(request -> request.minCapacity(null)
                .maxCapacity(null)
                .suspendedState(suspended -> suspended.dynamicScalingInSuspended(true)));
        var again = scaling.register(request -> request.minCapacity(null)
                .maxCapacity(null)
                .suspendedState(suspended -> suspended.scheduledScalingSuspended(true)));

        assertThat(again).isEqualTo(arn);
        var target = only();
        assertThat(target.minCapacity()).isEqualTo(1);
        assertThat(target.maxCapacity()).isEqualTo(20);
        assertThat(target.suspendedState().dynamicScalingInSuspended()).isTrue();
        assertThat(target.suspendedState().dynamicScalingOutSuspended()).isFalse();
        assertThat(target.suspendedState().scheduledScalingSuspended()).isTrue();
    }

    @Test
    void deregisteringTakesPoliciesAndActionsWithIt() {
        scaling.register();
        scaling.client.putScalingPolicy(policy("p", _ -> {}));
        scaling.client.putScheduledAction(action("a", _ -> {}));

        scaling.client.deregisterScalableTarget(request -> request.serviceNamespace(ServiceNamespace.LAMBDA)
                .resourceId(RESOURCE)
                .scalableDimension(DIMENSION));

        assertThat(scaling.client
                        .describeScalableTargets(request -> request.serviceNamespace(ServiceNamespace.LAMBDA))
                        .scalableTargets())
                .isEmpty();
        scaling.register();
        assertThat(scaling.client
                        .describeScalingPolicies(request -> request.serviceNamespace(ServiceNamespace.LAMBDA))
                        .scalingPolicies())
                .isEmpty();
        assertThat(scaling.client
                        .describeScheduledActions(request -> request.serviceNamespace(ServiceNamespace.LAMBDA))
                        .scheduledActions())
                .isEmpty();
    }

    @Test
    void whatIsNotRegisteredIsNotFound() {
        assertThatThrownBy(() -> scaling.client.deregisterScalableTarget(
                        request -> request.serviceNamespace(ServiceNamespace.LAMBDA)
                                .resourceId(RESOURCE)
                                .scalableDimension(DIMENSION)))
                .isInstanceOf(ObjectNotFoundException.class)
                .hasMessageContaining("No scalable target found for service namespace: lambda, resource ID: " + RESOURCE
                        + ", scalable dimension: lambda:function:ProvisionedConcurrency");
    }

    @ParameterizedTest
    @CsvSource({
        "function:f:2, no function version or alias",
        "function:g:1, no function version or alias",
        "function:f:live, no function version or alias",
        "function:f:$LATEST, published version or an alias",
        "function:f, not of the form",
        "service/default/web, not of the form",
    })
    void onlyAnExistingVersionOrAliasIsRegistered(String resource, String problem) {
        assertThatThrownBy(() -> scaling.register(request -> request.resourceId(resource)))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void anAliasIsScaledAsWell() {
        api.post(RunningApi.FUNCTIONS + "/f/aliases", "{\"Name\":\"live\",\"FunctionVersion\":\"1\"}");

        scaling.register(request -> request.resourceId("function:f:live"));

        assertThat(only().resourceId()).isEqualTo("function:f:live");
    }

    @Test
    void otherServicesAndDimensionsAreRefusedByName() {
        assertThatThrownBy(() -> scaling.register(request -> request.serviceNamespace("dynamodb")))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("service namespace dynamodb is not supported");
        assertThatThrownBy(() -> scaling.register(request -> request.scalableDimension("ecs:service:DesiredCount")))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("scalable dimension ecs:service:DesiredCount is not supported");
        assertThatThrownBy(() -> scaling.client.describeScalableTargets(request -> request.serviceNamespace("ecs")))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("service namespace ecs is not supported");
        assertThatThrownBy(() -> scaling.register(request -> request.serviceNamespace("nonsense")))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("Value 'nonsense' at 'serviceNamespace' failed to satisfy constraint");
    }

    @Test
    void aRangeIsNeededThatIsOne() {
        assertThatThrownBy(() -> scaling.register(request -> request.minCapacity(null)))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("MinCapacity and MaxCapacity must be specified");
        assertThatThrownBy(() -> scaling.register(request -> request.minCapacity(11)))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("Maximum capacity cannot be less than minimum capacity");
        assertThatThrownBy(() -> scaling.register(request -> request.minCapacity(-1)))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("MinCapacity must be greater than or equal to 0");
    }

    @Test
    void targetsAreShownPageByPageOrByName() {
        for (int i = 1; i <= 3; i++) {
            api.create("g" + i, "\"Publish\":true,");
            var resource = "function:g" + i + ":1";
            scaling.register(request -> request.resourceId(resource));
        }

        var pages = scaling
                .client
                .describeScalableTargetsPaginator(request ->
                        request.serviceNamespace(ServiceNamespace.LAMBDA).maxResults(2))
                .stream()
                .toList();
        assertThat(pages).hasSize(2);
        assertThat(pages.stream().flatMap(page -> page.scalableTargets().stream()))
                .extracting(ScalableTarget::resourceId)
                .containsExactly("function:g1:1", "function:g2:1", "function:g3:1");
        assertThat(scaling.client
                        .describeScalableTargets(request -> request.serviceNamespace(ServiceNamespace.LAMBDA)
                                .resourceIds("function:g2:1", "function:nope:1"))
                        .scalableTargets())
                .extracting(ScalableTarget::resourceId)
                .containsExactly("function:g2:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "%%%", "bm9uc2Vuc2U="})
    void aTokenThatIsNoneIsRefused(String token) {
        assertThatThrownBy(() -> scaling.client.describeScalableTargets(request ->
                        request.serviceNamespace(ServiceNamespace.LAMBDA).nextToken(token)))
                .isInstanceOf(InvalidNextTokenException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 51, -1})
    void aPageHasOneToFifty(int most) {
        assertThatThrownBy(() -> scaling.client.describeScalableTargets(request ->
                        request.serviceNamespace(ServiceNamespace.LAMBDA).maxResults(most)))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("MaxResults");
    }

    @Test
    void targetsAreTagged() {
        var arn = scaling.register(request -> request.tags(Map.of("team", "blue")));

        scaling.client.tagResource(request -> request.resourceARN(arn).tags(Map.of("stage", "test", "team", "red")));
        assertThat(scaling.client
                        .listTagsForResource(request -> request.resourceARN(arn))
                        .tags())
                .containsExactlyInAnyOrderEntriesOf(Map.of("stage", "test", "team", "red"));
        scaling.client.untagResource(request -> request.resourceARN(arn).tagKeys("team", "nope"));
        assertThat(scaling.client
                        .listTagsForResource(request -> request.resourceARN(arn))
                        .tags())
                .containsExactlyEntriesOf(Map.of("stage", "test"));

        assertThatThrownBy(() -> scaling.client.listTagsForResource(
                        request -> request.resourceARN(arn.substring(0, arn.length() - 1) + "x")))
                .isInstanceOf(ResourceNotFoundException.class);
        assertThatThrownBy(() -> scaling.client.tagResource(
                        request -> request.resourceARN(arn).tags(Map.of("aws:mine", "no"))))
                .isInstanceOf(ValidationException.class);
    }

    private HttpResponse<String> ask(String target, String body) {
        return api.send(HttpRequest.newBuilder(api.uri("/"))
                .headers("X-Amz-Target", target, "Content-Type", "application/x-amz-json-1.1")
                .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void errorsAreInTheFormOfTheProtocol() {
        var response = ask("AnyScaleFrontendService.RegisterScalableTarget", "{}");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/x-amz-json-1.1");
        assertThat(response.headers().firstValue("x-amzn-ErrorType")).hasValue("ValidationException");
        assertThat(response.body())
                .startsWith("{\"__type\":\"ValidationException\",\"Message\":\"3 validation errors detected: "
                        + "Value null at 'serviceNamespace' failed to satisfy constraint: Member must not be null");
        assertThat(ask("AnyScaleFrontendService.RegisterScalableTarget", "{").body())
                .startsWith("{\"__type\":\"SerializationException\"");
    }

    @Test
    void whatIsNoOperationIsRefused() {
        assertThat(ask("AnyScaleFrontendService.Nonsense", "{}").body())
                .startsWith("{\"__type\":\"UnknownOperationException\"");
        assertThat(ask("DynamoDB_20120810.ListTables", "{}").statusCode()).isEqualTo(400);
        var forecast = ask("AnyScaleFrontendService.GetPredictiveScalingForecast", "{}");
        assertThat(forecast.statusCode()).isEqualTo(501);
        assertThat(forecast.body()).contains("GetPredictiveScalingForecast");
    }
}
