package io.kappa.router.autoscaling.api;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.ScalableTargetRecord;
import io.kappa.contracts.registry.ScalingPolicyRecord;
import io.kappa.contracts.registry.ScheduledActionRecord;
import io.kappa.router.autoscaling.api.ScaledResources.Resource;

/** The ARNs that Application Auto Scaling gives things, in AWS's forms. */
final class ScalingArns {

    static String target(ScalableTargetRecord target) {
        return arn("application-autoscaling", target.function(), "scalable-target/" + target.id());
    }

    static String policy(ScalingPolicyRecord policy) {
        return arn(
                "autoscaling",
                policy.function(),
                "scalingPolicy:" + policy.id() + ":resource/lambda/"
                        + Resource.id(policy.function(), policy.qualifier()) + ":policyName/" + policy.name());
    }

    static String action(ScheduledActionRecord action) {
        return arn(
                "autoscaling",
                action.function(),
                "scheduledAction:" + action.id() + ":resource/lambda/"
                        + Resource.id(action.function(), action.qualifier()) + ":scheduledActionName/"
                        + action.name());
    }

    static String alarm(FunctionArn function, String alarm) {
        return arn("cloudwatch", function, "alarm:" + alarm);
    }

    /** The role that AWS makes for the service by itself. */
    static String role(FunctionArn function) {
        return "arn:aws:iam::" + function.account()
                + ":role/aws-service-role/lambda.application-autoscaling.amazonaws.com/"
                + "AWSServiceRoleForApplicationAutoScaling_LambdaConcurrency";
    }

    private static String arn(String service, FunctionArn of, String resource) {
        return "arn:aws:" + service + ":" + of.region() + ":" + of.account() + ":" + resource;
    }

    private ScalingArns() {}
}
