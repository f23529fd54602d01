package io.kappa.router.autoscaling.api;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Every operation of Application Auto Scaling. */
public enum AutoScalingOperation {
    REGISTER_SCALABLE_TARGET("RegisterScalableTarget"),
    DEREGISTER_SCALABLE_TARGET("DeregisterScalableTarget"),
    DESCRIBE_SCALABLE_TARGETS("DescribeScalableTargets"),
    PUT_SCALING_POLICY("PutScalingPolicy"),
    DELETE_SCALING_POLICY("DeleteScalingPolicy"),
    DESCRIBE_SCALING_POLICIES("DescribeScalingPolicies"),
    PUT_SCHEDULED_ACTION("PutScheduledAction"),
    DELETE_SCHEDULED_ACTION("DeleteScheduledAction"),
    DESCRIBE_SCHEDULED_ACTIONS("DescribeScheduledActions"),
    DESCRIBE_SCALING_ACTIVITIES("DescribeScalingActivities"),
    TAG_RESOURCE("TagResource"),
    UNTAG_RESOURCE("UntagResource"),
    LIST_TAGS_FOR_RESOURCE("ListTagsForResource"),
    GET_PREDICTIVE_SCALING_FORECAST("GetPredictiveScalingForecast");

    /** Stands before the operation's name in the header that names it. */
    private static final String PREFIX = "AnyScaleFrontendService.";

    private static final Map<String, AutoScalingOperation> BY_TARGET = Arrays.stream(values())
            .collect(Collectors.toMap(operation -> PREFIX + operation.wireName, Function.identity()));

    private final String wireName;

    AutoScalingOperation(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    /** @param target value of the header {@code X-Amz-Target} */
    public static Optional<AutoScalingOperation> named(String target) {
        return Optional.ofNullable(BY_TARGET.get(target));
    }
}
