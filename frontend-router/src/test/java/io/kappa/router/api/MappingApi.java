package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertInvalid;
import static io.kappa.router.api.Answers.assertNotFound;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.router.registry.RegistryCommand.CreateEventSourceMapping;
import java.net.http.HttpResponse;

/** What tests of event source mappings start from: a running API with a function {@code f}, sources of each kind, and how they are mapped. */
abstract class MappingApi extends FunctionApi {
    static final String MAPPINGS = "/2015-03-31/event-source-mappings";
    static final String MAPPING_ARN = "arn:aws:lambda:us-east-1:000000000000:event-source-mapping:";
    static final String QUEUE = "arn:aws:sqs:us-east-1:000000000000:q";
    static final String STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
    static final String TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026";
    static final String CLUSTER = "arn:aws:kafka:us-east-1:000000000000:cluster/c/1";
    static final String SERVERS =
            "\"SelfManagedEventSource\":{\"Endpoints\":{\"KAFKA_BOOTSTRAP_SERVERS\":[\"kafka:1000\"]}},";
    static final String KAFKA = SERVERS + "\"Topics\":[\"orders\"],\"SourceAccessConfigurations\":[],"
            + "\"StartingPosition\":\"TRIM_HORIZON\"";

    final HttpResponse<String> create(String members) {
        return api.post(MAPPINGS, "{\"FunctionName\":\"f\"," + members + "}");
    }

    final HttpResponse<String> createOf(String arn, String members) {
        return create("\"EventSourceArn\":\"" + arn + "\"" + (members.isEmpty() ? "" : "," + members));
    }

    static String fromStart(String more) {
        return "\"StartingPosition\":\"TRIM_HORIZON\"" + (more.isEmpty() ? "" : "," + more);
    }

    static String uuid(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return response.body().replaceFirst(".*\"UUID\":\"([^\"]*)\".*", "$1");
    }

    /** The body with the UUID written as {@code UUID}. */
    static String shown(HttpResponse<String> response) {
        return response.body().replace(uuid(response), "UUID");
    }

    final CreateEventSourceMapping asked() {
        return (CreateEventSourceMapping) api.registry.asked.getLast();
    }

    static void assertUnsupported(HttpResponse<String> response, String parameter) {
        assertInvalid(response, "Unsupported '" + parameter + "' parameter for given event source mapping type.");
    }

    static void assertGone(HttpResponse<String> response) {
        assertNotFound(response, "The resource you requested does not exist.");
    }
}
