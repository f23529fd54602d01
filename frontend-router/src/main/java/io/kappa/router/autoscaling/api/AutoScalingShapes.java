package io.kappa.router.autoscaling.api;

import static io.kappa.router.api.shape.Shape.choice;
import static io.kappa.router.api.shape.Shape.listing;
import static io.kappa.router.api.shape.Shape.member;
import static io.kappa.router.api.shape.Shape.required;
import static io.kappa.router.api.shape.Shape.structure;
import static io.kappa.router.api.shape.Shape.text;
import static io.kappa.router.api.shape.Shape.whole;

import io.kappa.router.api.shape.Shape.Anything;
import io.kappa.router.api.shape.Shape.Flag;
import io.kappa.router.api.shape.Shape.Listing;
import io.kappa.router.api.shape.Shape.Mapping;
import io.kappa.router.api.shape.Shape.Member;
import io.kappa.router.api.shape.Shape.Moment;
import io.kappa.router.api.shape.Shape.Real;
import io.kappa.router.api.shape.Shape.Structure;
import io.kappa.router.api.shape.Shape.Text;
import io.kappa.router.api.shape.Shape.Whole;
import java.util.ArrayList;
import java.util.List;

/** The requests of Application Auto Scaling, as its service model has them. */
final class AutoScalingShapes {
    private static final int MOST_NAMES = 50;
    private static final int MOST_TAG_KEYS = 200;

    private static final Text NAME = text(1, 1600);
    private static final Text POLICY_NAME = text(1, 256).matching("\\p{Print}+");
    private static final Text ACTION_NAME =
            text(1, 256).matching("(?!((^[ ]+.*)|(.*([\\u0000-\\u001f]|[\\u007f-\\u009f]|[:/|])+.*)|(.*[ ]+$))).+");
    private static final Text ARN =
            text(1, 1011).matching("^arn:.+:application-autoscaling:.+:[0-9]+:scalable-target\\/[a-zA-Z0-9-]+$");
    private static final Whole INTEGER = whole(Integer.MIN_VALUE, Integer.MAX_VALUE);
    private static final Listing NAMES = listing(NAME, 0, MOST_NAMES);
    private static final Mapping TAGS = new Mapping(text(1, 128), text(0, 256));

    private static final Text NAMESPACE = choice(
            "ecs",
            "elasticmapreduce",
            "ec2",
            "appstream",
            "dynamodb",
            "rds",
            "sagemaker",
            "custom-resource",
            "comprehend",
            "lambda",
            "cassandra",
            "kafka",
            "elasticache",
            "neptune",
            "workspaces");

    private static final Text DIMENSION = choice(
            "ecs:service:DesiredCount",
            "ec2:spot-fleet-request:TargetCapacity",
            "elasticmapreduce:instancegroup:InstanceCount",
            "appstream:fleet:DesiredCapacity",
            "dynamodb:table:ReadCapacityUnits",
            "dynamodb:table:WriteCapacityUnits",
            "dynamodb:index:ReadCapacityUnits",
            "dynamodb:index:WriteCapacityUnits",
            "rds:cluster:ReadReplicaCount",
            "sagemaker:variant:DesiredInstanceCount",
            "custom-resource:ResourceType:Property",
            "comprehend:document-classifier-endpoint:DesiredInferenceUnits",
            "comprehend:entity-recognizer-endpoint:DesiredInferenceUnits",
            "lambda:function:ProvisionedConcurrency",
            "cassandra:table:ReadCapacityUnits",
            "cassandra:table:WriteCapacityUnits",
            "kafka:broker-storage:VolumeSize",
            "elasticache:cache-cluster:Nodes",
            "elasticache:replication-group:NodeGroups",
            "elasticache:replication-group:Replicas",
            "neptune:cluster:ReadReplicaCount",
            "sagemaker:variant:DesiredProvisionedConcurrency",
            "sagemaker:inference-component:DesiredCopyCount",
            "workspaces:workspacespool:DesiredUserSessions");

    private static final Member[] TARGET = {
        required("ServiceNamespace", NAMESPACE), required("ResourceId", NAME), required("ScalableDimension", DIMENSION),
    };

    private static final Member[] DESCRIBED = {
        required("ServiceNamespace", NAMESPACE),
        member("ScalableDimension", DIMENSION),
        member("MaxResults", INTEGER),
        member("NextToken", text()),
    };

    static final Structure ONE_TARGET = structure(TARGET);

    static final Structure REGISTER_TARGET = with(
            TARGET,
            member("MinCapacity", INTEGER),
            member("MaxCapacity", INTEGER),
            member("RoleARN", NAME),
            member(
                    "SuspendedState",
                    structure(
                            member("DynamicScalingInSuspended", new Flag()),
                            member("DynamicScalingOutSuspended", new Flag()),
                            member("ScheduledScalingSuspended", new Flag()))),
            member("Tags", TAGS));

    static final Structure DESCRIBE_TARGETS = with(DESCRIBED, member("ResourceIds", NAMES));

    static final Structure PUT_POLICY = with(
            TARGET,
            required("PolicyName", POLICY_NAME),
            member("PolicyType", choice("StepScaling", "TargetTrackingScaling", "PredictiveScaling")),
            member("StepScalingPolicyConfiguration", new Anything()),
            member("PredictiveScalingPolicyConfiguration", new Anything()),
            member(
                    "TargetTrackingScalingPolicyConfiguration",
                    structure(
                            required("TargetValue", new Real(-Double.MAX_VALUE, Double.MAX_VALUE)),
                            member(
                                    "PredefinedMetricSpecification",
                                    structure(
                                            required("PredefinedMetricType", text()),
                                            member("ResourceLabel", text(1, 1023)))),
                            member("CustomizedMetricSpecification", new Anything()),
                            member("ScaleOutCooldown", INTEGER),
                            member("ScaleInCooldown", INTEGER),
                            member("DisableScaleIn", new Flag()))));

    static final Structure ONE_POLICY = with(TARGET, required("PolicyName", NAME));

    static final Structure DESCRIBE_POLICIES =
            with(DESCRIBED, member("PolicyNames", NAMES), member("ResourceId", NAME));

    static final Structure PUT_ACTION = with(
            TARGET,
            required("ScheduledActionName", ACTION_NAME),
            member("Schedule", NAME),
            member("Timezone", NAME),
            member("StartTime", new Moment()),
            member("EndTime", new Moment()),
            member("ScalableTargetAction", structure(member("MinCapacity", INTEGER), member("MaxCapacity", INTEGER))));

    static final Structure ONE_ACTION = with(TARGET, required("ScheduledActionName", NAME));

    static final Structure DESCRIBE_ACTIONS =
            with(DESCRIBED, member("ScheduledActionNames", NAMES), member("ResourceId", NAME));

    static final Structure DESCRIBE_ACTIVITIES =
            with(DESCRIBED, member("ResourceId", NAME), member("IncludeNotScaledActivities", new Flag()));

    static final Structure TAG = structure(required("ResourceARN", ARN), required("Tags", TAGS));

    static final Structure UNTAG =
            structure(required("ResourceARN", ARN), required("TagKeys", listing(text(1, 128), 0, MOST_TAG_KEYS)));

    static final Structure LIST_TAGS = structure(required("ResourceARN", ARN));

    private static Structure with(Member[] common, Member... more) {
        var members = new ArrayList<>(List.of(common));
        members.addAll(List.of(more));
        return new Structure(List.copyOf(members));
    }

    private AutoScalingShapes() {}
}
