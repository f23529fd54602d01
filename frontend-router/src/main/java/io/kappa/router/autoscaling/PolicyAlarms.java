package io.kappa.router.autoscaling;

import io.kappa.contracts.registry.ScalingPolicyRecord;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** The names of the two alarms by which a policy scales, in AWS's form. */
public final class PolicyAlarms {

    /** Goes off when too much is in use. */
    public static String high(ScalingPolicyRecord policy) {
        return name(policy, "AlarmHigh");
    }

    /** Goes off when too little is in use. */
    public static String low(ScalingPolicyRecord policy) {
        return name(policy, "AlarmLow");
    }

    /** Ends in an id that follows from the policy's, so that it need not be kept. */
    private static String name(ScalingPolicyRecord policy, String kind) {
        var id = UUID.nameUUIDFromBytes((policy.id() + kind).getBytes(StandardCharsets.UTF_8));
        return "TargetTracking-function:" + policy.function().name() + ":" + policy.qualifier() + "-" + kind + "-" + id;
    }

    private PolicyAlarms() {}
}
