package io.kappa.router.autoscaling.api;

import io.kappa.router.api.function.Home;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.BodyStream;
import io.kappa.router.api.operation.JsonProtocol;
import io.kappa.router.api.shape.Input;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.api.shape.Shape.Structure;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.Registry;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.util.Map;

/** Answers the operations of Application Auto Scaling. Called on virtual threads, so it may wait for the registry. */
public final class AutoScalingApi {
    /** Most bytes of a request. The longest that means anything is shorter by far. */
    public static final int LONGEST_BODY = 256 * 1024;

    private final ScalableTargets targets;
    private final ScalingPolicies policies;
    private final ScheduledActions actions;
    private final ScalingActivities activities;
    private final TargetTags tags;

    public AutoScalingApi(Home home, Registry registry, Clock clock) {
        var resources = new ScaledResources(home, registry);
        this.targets = new ScalableTargets(resources);
        this.policies = new ScalingPolicies(resources);
        this.actions = new ScheduledActions(resources, clock);
        this.activities = new ScalingActivities(resources);
        this.tags = new TargetTags(resources);
    }

    /** @throws LambdaApiException to refuse; anything else that is thrown is a defect */
    public ApiAnswer answer(AutoScalingOperation operation, Buffer body) throws Exception {
        return JsonProtocol.answer(
                switch (operation) {
                    case REGISTER_SCALABLE_TARGET -> targets.register(read(AutoScalingShapes.REGISTER_TARGET, body));
                    case DEREGISTER_SCALABLE_TARGET -> targets.deregister(read(AutoScalingShapes.ONE_TARGET, body));
                    case DESCRIBE_SCALABLE_TARGETS -> targets.describe(read(AutoScalingShapes.DESCRIBE_TARGETS, body));
                    case PUT_SCALING_POLICY -> policies.put(read(AutoScalingShapes.PUT_POLICY, body));
                    case DELETE_SCALING_POLICY -> policies.delete(read(AutoScalingShapes.ONE_POLICY, body));
                    case DESCRIBE_SCALING_POLICIES ->
                        policies.describe(read(AutoScalingShapes.DESCRIBE_POLICIES, body));
                    case PUT_SCHEDULED_ACTION -> actions.put(read(AutoScalingShapes.PUT_ACTION, body));
                    case DELETE_SCHEDULED_ACTION -> actions.delete(read(AutoScalingShapes.ONE_ACTION, body));
                    case DESCRIBE_SCHEDULED_ACTIONS -> actions.describe(read(AutoScalingShapes.DESCRIBE_ACTIONS, body));
                    case DESCRIBE_SCALING_ACTIVITIES ->
                        activities.describe(read(AutoScalingShapes.DESCRIBE_ACTIVITIES, body));
                    case TAG_RESOURCE -> tags.tag(read(AutoScalingShapes.TAG, body));
                    case UNTAG_RESOURCE -> tags.untag(read(AutoScalingShapes.UNTAG, body));
                    case LIST_TAGS_FOR_RESOURCE -> tags.list(read(AutoScalingShapes.LIST_TAGS, body));
                    case GET_PREDICTIVE_SCALING_FORECAST ->
                        throw new LambdaApiException(
                                ErrorCode.NOT_BUILT, "Kappa does not implement " + operation.wireName());
                });
    }

    private static Input read(Structure shape, Buffer body) {
        return InputReader.read(shape, Map.of(), BodyStream.of(body));
    }
}
