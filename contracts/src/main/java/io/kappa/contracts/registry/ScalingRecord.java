package io.kappa.contracts.registry;

import io.kappa.contracts.function.FunctionArn;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** What Application Auto Scaling keeps of a version or an alias whose provisioned concurrency it scales. */
public sealed interface ScalingRecord extends RegistryRecord
        permits ScalableTargetRecord, ScalingPolicyRecord, ScheduledActionRecord, ScalingActivitiesRecord {

    /** Ends the key of a target's record. */
    String TARGET = "scalable-target";

    /** Stands before the name in the keys of policies. */
    String POLICY = "scaling-policy";

    /** Stands before the name in the keys of scheduled actions. */
    String ACTION = "scheduled-action";

    /** Ends the key of what was done lately. */
    String ACTIVITIES = "scaling-activities";

    FunctionArn function();

    /** A version number or an alias, never {@code $LATEST}. */
    String qualifier();

    /** Whether the end of a key, which may go on with a name, is that of such a record. */
    static boolean isKind(String suffix) {
        int slash = suffix.indexOf('/');
        return switch (slash < 0 ? suffix : suffix.substring(0, slash)) {
            case TARGET, POLICY, ACTION, ACTIVITIES -> true;
            default -> false;
        };
    }

    /** The key of what there is once for each qualifier. */
    private static String key(FunctionArn function, String qualifier, String kind) {
        return function.qualified(qualifier) + "#" + kind;
    }

    /** As {@link #key}, for what has a name of its own, of whatever letters. */
    private static String key(FunctionArn function, String qualifier, String kind, String name) {
        return key(function, qualifier, kind) + "/" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    static String targetKey(FunctionArn function, String qualifier) {
        return key(function, qualifier, TARGET);
    }

    static String policyKey(FunctionArn function, String qualifier, String name) {
        return key(function, qualifier, POLICY, name);
    }

    static String actionKey(FunctionArn function, String qualifier, String name) {
        return key(function, qualifier, ACTION, name);
    }

    static String activitiesKey(FunctionArn function, String qualifier) {
        return key(function, qualifier, ACTIVITIES);
    }
}
