package io.kappa.router.api.mapping;

import static io.kappa.router.api.shape.Shape.choice;
import static io.kappa.router.api.shape.Shape.listing;
import static io.kappa.router.api.shape.Shape.member;
import static io.kappa.router.api.shape.Shape.required;
import static io.kappa.router.api.shape.Shape.structure;
import static io.kappa.router.api.shape.Shape.text;
import static io.kappa.router.api.shape.Shape.whole;

import io.kappa.router.api.function.RequestShapes;
import io.kappa.router.api.shape.Shape.Anything;
import io.kappa.router.api.shape.Shape.Flag;
import io.kappa.router.api.shape.Shape.Mapping;
import io.kappa.router.api.shape.Shape.Member;
import io.kappa.router.api.shape.Shape.Moment;
import io.kappa.router.api.shape.Shape.Structure;
import io.kappa.router.api.shape.Shape.Text;
import java.util.ArrayList;
import java.util.List;

/** The requests on event source mappings as the service model has them, but for the number of topics: Lambda reads only one. */
final class MappingShapes {
    private static final int MOST_TOPICS = 100;
    private static final int MOST_FILTERS = 10;

    private static final Text URI = text(1, 200).matching("[a-zA-Z0-9-\\/*:_+=.@-]*");
    private static final Text SOURCE_ARN = text().matching(
                    "arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:([a-z]{2}(-gov)?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)");
    private static final Text BROKER = text(1, 300)
            .matching("(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\\-]*[a-zA-Z0-9])\\.)*"
                    + "([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9\\-]*[A-Za-z0-9]):[0-9]{1,5}");
    private static final Structure KAFKA_CONFIG =
            structure(member("ConsumerGroupId", URI), member("SchemaRegistryConfig", new Anything()));

    /** What creation and update have in common. */
    private static final Member[] OPTIONS = {
        member("Enabled", new Flag()),
        member("BatchSize", whole(1, 10_000)),
        member(
                "FilterCriteria",
                structure(member("Filters", listing(structure(member("Pattern", text(0, 4096))), 0, MOST_FILTERS)))),
        member("MaximumBatchingWindowInSeconds", whole(0, 300)),
        member("ParallelizationFactor", whole(1, 10)),
        member(
                "DestinationConfig",
                structure(
                        member("OnSuccess", RequestShapes.DESTINATION),
                        member("OnFailure", RequestShapes.DESTINATION))),
        member("MaximumRecordAgeInSeconds", whole(-1, 604_800)),
        member("BisectBatchOnFunctionError", new Flag()),
        member("MaximumRetryAttempts", whole(-1, 10_000)),
        member("TumblingWindowInSeconds", whole(0, 900)),
        member(
                "SourceAccessConfigurations",
                listing(
                        structure(
                                member(
                                        "Type",
                                        choice(
                                                "BASIC_AUTH",
                                                "VPC_SUBNET",
                                                "VPC_SECURITY_GROUP",
                                                "SASL_SCRAM_512_AUTH",
                                                "SASL_SCRAM_256_AUTH",
                                                "VIRTUAL_HOST",
                                                "CLIENT_CERTIFICATE_TLS_AUTH",
                                                "SERVER_ROOT_CA_CERTIFICATE")),
                                member("URI", URI)),
                        0,
                        22)),
        member("FunctionResponseTypes", listing(choice("ReportBatchItemFailures"), 0, 1)),
        member("AmazonManagedKafkaEventSourceConfig", KAFKA_CONFIG),
        member("SelfManagedKafkaEventSourceConfig", KAFKA_CONFIG),
        member("ScalingConfig", structure(member("MaximumConcurrency", whole(2, 1000)))),
        member(
                "MetricsConfig",
                structure(member("Metrics", listing(choice("EventCount", "ErrorCount", "KafkaMetrics"), 0, 3)))),
        member(
                "ProvisionedPollerConfig",
                structure(
                        member("MinimumPollers", whole(1, 200)),
                        member("MaximumPollers", whole(1, 2000)),
                        member("PollerGroupName", text(0, 128).matching("[a-zA-Z0-9-_]*")))),
        member("DocumentDBEventSourceConfig", new Anything()),
        member("KMSKeyArn", text()),
        member("LoggingConfig", new Anything()),
    };

    static final Structure CREATE = with(
            required("FunctionName", RequestShapes.READ_NAME),
            member("EventSourceArn", SOURCE_ARN),
            member("StartingPosition", choice("LATEST", "AT_TIMESTAMP", "TRIM_HORIZON")),
            member("StartingPositionTimestamp", new Moment()),
            member("Tags", new Mapping(text(), text())),
            member("Topics", listing(text(1, 249).matching("[^.]([a-zA-Z0-9\\-_.]+)"), 1, MOST_TOPICS)),
            member("Queues", listing(text(1, 1000).matching("[\\s\\S]*"), 1, 1)),
            member(
                    "SelfManagedEventSource",
                    structure(member(
                            "Endpoints", structure(member("KAFKA_BOOTSTRAP_SERVERS", listing(BROKER, 1, 10)))))));

    static final Structure UPDATE = with(required("UUID", text()), member("FunctionName", RequestShapes.READ_NAME));

    /** To get one and to delete one. */
    static final Structure ONE = structure(required("UUID", text()));

    static final Structure LIST = structure(
            member("EventSourceArn", SOURCE_ARN),
            member("FunctionName", RequestShapes.READ_NAME),
            RequestShapes.MARKER,
            RequestShapes.MAX_ITEMS);

    private static Structure with(Member... own) {
        var members = new ArrayList<>(List.of(own));
        members.addAll(List.of(OPTIONS));
        return new Structure(members);
    }

    private MappingShapes() {}
}
