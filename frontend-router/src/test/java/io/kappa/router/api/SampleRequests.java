package io.kappa.router.api;

import static io.kappa.router.api.RunningApi.ARN;
import static io.kappa.router.api.RunningApi.FUNCTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kappa.router.api.operation.Operation;
import io.kappa.router.registry.DecidingRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An account with one of everything, and for each operation a request that it takes, with most of its members. An operation that nobody has
 * written a request for gets one by the service's model, whose members of known names name what is there.
 */
final class SampleRequests implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LAYER_VERSION = "/2018-10-31/layers/tools/versions/1";
    private static final String ZIP = RunningApi.base64(RunningApi.ZIP);
    private static final String PROFILE = "arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/1";

    final DecidingRegistry registry = new DecidingRegistry();
    final RunningApi api = new RunningApi(registry);

    private final Map<Operation, Sample> samples = new EnumMap<>(Operation.class);
    private final Map<String, String> known;

    /**
     * A request that is taken.
     *
     * @param parameters of the path, decoded, by name
     * @param queries names and values as they are sent
     * @param body empty where there is none
     */
    record Sample(
            Operation operation, Map<String, String> parameters, List<String> queries, Optional<ObjectNode> body) {

        /** @param query without the question mark, may be empty */
        static String target(String path, String query) {
            return query.isEmpty() ? path : path + "?" + query;
        }

        String path() {
            var path = operation.segments().stream()
                    .map(part -> part.startsWith("{")
                            ? encoded(parameters.getOrDefault(part.substring(1, part.length() - 1), "x"))
                            : part)
                    .collect(Collectors.joining("/"));
            return "/" + path;
        }

        byte[] bytes() {
            return body.map(json -> json.toString().getBytes(StandardCharsets.UTF_8))
                    .orElse(new byte[0]);
        }

        RawRequest request() {
            return new RawRequest(operation.method(), target(path(), String.join("&", queries)), List.of(), bytes());
        }
    }

    SampleRequests() {
        taken(api.create(
                "f", "\"Publish\":true,\"Tags\":{\"team\":\"a\"},\"Environment\":{\"Variables\":{\"KEY\":\"v\"}},"));
        taken(api.put(FUNCTIONS + "/f/configuration", "{\"Description\":\"second\"}"));
        taken(api.post(FUNCTIONS + "/f/versions", "{}"));
        taken(api.post(FUNCTIONS + "/f/aliases", "{\"Name\":\"live\",\"FunctionVersion\":\"1\"}"));
        taken(api.post(
                FUNCTIONS + "/f/policy",
                "{\"StatementId\":\"s\",\"Action\":\"lambda:InvokeFunction\",\"Principal\":\"s3.amazonaws.com\"}"));
        taken(api.post("/2021-10-31/functions/f/url", "{\"AuthType\":\"NONE\"}"));
        taken(api.put("/2019-09-25/functions/f/event-invoke-config", "{\"MaximumRetryAttempts\":1}"));
        taken(api.put("/2017-10-31/functions/f/concurrency", "{\"ReservedConcurrentExecutions\":50}"));
        taken(api.put(
                "/2019-09-30/functions/f/provisioned-concurrency?Qualifier=2",
                "{\"ProvisionedConcurrentExecutions\":1}"));
        taken(api.post(
                "/2018-10-31/layers/tools/versions",
                "{\"Content\":{\"ZipFile\":\"" + ZIP + "\"},\"CompatibleRuntimes\":[\"python3.13\"]}"));
        taken(api.post(
                LAYER_VERSION + "/policy",
                "{\"StatementId\":\"s\",\"Action\":\"lambda:GetLayerVersion\",\"Principal\":\"*\"}"));
        var mapping = taken(api.post(
                        "/2015-03-31/event-source-mappings", "{\"FunctionName\":\"f\"," + MappingApi.KAFKA + "}"))
                .path("UUID")
                .asText();
        var signing = signingConfig();
        taken(api.put("/2020-06-30/functions/f/code-signing-config", "{\"CodeSigningConfigArn\":\"" + signing + "\"}"));
        var unused = signingConfig();
        registry.keep();
        known = Map.ofEntries(
                Map.entry("FunctionName", "f"),
                Map.entry("Name", "live"),
                Map.entry("StatementId", "s"),
                Map.entry("UUID", mapping),
                Map.entry("LayerName", "tools"),
                Map.entry("VersionNumber", "1"),
                Map.entry("Resource", ARN + "f"),
                Map.entry("CodeSigningConfigArn", signing),
                Map.entry("Qualifier", "live"),
                Map.entry("FunctionVersion", "1"),
                Map.entry("Principal", "*"),
                Map.entry("Role", RunningApi.ROLE));
        write();
        samples.put(
                Operation.DELETE_CODE_SIGNING_CONFIG,
                new Sample(
                        Operation.DELETE_CODE_SIGNING_CONFIG,
                        Map.of("CodeSigningConfigArn", unused),
                        List.of(),
                        Optional.empty()));
    }

    private String signingConfig() {
        return taken(api.post(
                        "/2020-04-22/code-signing-configs",
                        "{\"AllowedPublishers\":{\"SigningProfileVersionArns\":[\"" + PROFILE + "\"]}}"))
                .at("/CodeSigningConfig/CodeSigningConfigArn")
                .asText();
    }

    private static JsonNode taken(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return json(answer.body());
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write() {
        body(Operation.CREATE_FUNCTION, """
                {"FunctionName":"g","Runtime":"python3.13","Role":"%s","Handler":"index.handler","Code":{"ZipFile":"%s"},
                 "Description":"d","Timeout":5,"MemorySize":256,"Publish":true,"PackageType":"Zip",
                 "VpcConfig":{"SubnetIds":[],"SecurityGroupIds":[],"Ipv6AllowedForDualStack":false},
                 "DeadLetterConfig":{"TargetArn":"arn:aws:sqs:us-east-1:000000000000:q"},
                 "Environment":{"Variables":{"KEY":"v"}},"TracingConfig":{"Mode":"Active"},"Tags":{"team":"a"},
                 "Layers":["arn:aws:lambda:us-east-1:000000000000:layer:tools:1"],"Architectures":["x86_64"],
                 "EphemeralStorage":{"Size":1024},"SnapStart":{"ApplyOn":"None"},
                 "LoggingConfig":{"LogFormat":"JSON","ApplicationLogLevel":"TRACE","SystemLogLevel":"WARN","LogGroup":"/g"}}
                """.formatted(RunningApi.ROLE, ZIP));
        body(Operation.UPDATE_FUNCTION_CODE, """
                {"ZipFile":"%s","Publish":true,"DryRun":false,"Architectures":["x86_64"]}""".formatted(
                        RunningApi.base64(RunningApi.zip("index.py", "def handler(event, context): return 1"))));
        body(Operation.UPDATE_FUNCTION_CONFIGURATION, """
                {"Description":"third","Timeout":7,"MemorySize":512,"Handler":"index.handler","Runtime":"python3.13",
                 "Role":"%s","Environment":{"Variables":{"OTHER":"w"}},"TracingConfig":{"Mode":"PassThrough"},"Layers":[],
                 "DeadLetterConfig":{"TargetArn":""},"EphemeralStorage":{"Size":512},"SnapStart":{"ApplyOn":"None"},
                 "LoggingConfig":{"LogFormat":"Text"}}""".formatted(RunningApi.ROLE));
        body(Operation.PUBLISH_VERSION, "{\"Description\":\"d\"}");
        query(Operation.GET_FUNCTION, "Qualifier=live");
        query(Operation.LIST_FUNCTIONS, "FunctionVersion=ALL", "MaxItems=1");
        query(Operation.LIST_VERSIONS_BY_FUNCTION, "MaxItems=1");
        query(Operation.DELETE_FUNCTION, "Qualifier=9");
        body(
                Operation.CREATE_ALIAS,
                "{\"Name\":\"blue\",\"FunctionVersion\":\"1\",\"Description\":\"d\","
                        + "\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"2\":0.5}}}");
        body(
                Operation.UPDATE_ALIAS,
                "{\"FunctionVersion\":\"1\",\"Description\":\"d\",\"RoutingConfig\":{\"AdditionalVersionWeights\":{}}}");
        query(Operation.LIST_ALIASES, "FunctionVersion=1");
        body(
                Operation.ADD_PERMISSION,
                "{\"StatementId\":\"t\",\"Action\":\"lambda:InvokeFunctionUrl\",\"Principal\":\"*\","
                        + "\"SourceArn\":\"arn:aws:s3:::b\",\"SourceAccount\":\"000000000000\",\"EventSourceToken\":\"x\","
                        + "\"PrincipalOrgID\":\"o-0123456789\",\"FunctionUrlAuthType\":\"NONE\",\"InvokedViaFunctionUrl\":true}");
        body(Operation.CREATE_EVENT_SOURCE_MAPPING, """
                {"FunctionName":"f","EventSourceArn":"arn:aws:kinesis:us-east-1:000000000000:stream/s","Enabled":true,
                 "BatchSize":10,"FilterCriteria":{"Filters":[{"Pattern":"{\\"a\\":[1]}"}]},"MaximumBatchingWindowInSeconds":1,
                 "ParallelizationFactor":2,"StartingPosition":"TRIM_HORIZON",
                 "DestinationConfig":{"OnFailure":{"Destination":"arn:aws:sqs:us-east-1:000000000000:q"}},
                 "MaximumRecordAgeInSeconds":100,"BisectBatchOnFunctionError":true,"MaximumRetryAttempts":2,
                 "Tags":{"team":"a"},"FunctionResponseTypes":["ReportBatchItemFailures"]}""");
        body(Operation.UPDATE_EVENT_SOURCE_MAPPING, "{\"FunctionName\":\"f\",\"Enabled\":false,\"BatchSize\":7}");
        query(Operation.LIST_EVENT_SOURCE_MAPPINGS, "FunctionName=f", "MaxItems=1");
        body(Operation.PUT_FUNCTION_CONCURRENCY, "{\"ReservedConcurrentExecutions\":5}");
        bodyAndQuery(
                Operation.PUT_PROVISIONED_CONCURRENCY_CONFIG,
                "{\"ProvisionedConcurrentExecutions\":2}",
                "Qualifier=live");
        query(Operation.GET_PROVISIONED_CONCURRENCY_CONFIG, "Qualifier=2");
        query(Operation.DELETE_PROVISIONED_CONCURRENCY_CONFIG, "Qualifier=2");
        query(Operation.LIST_PROVISIONED_CONCURRENCY_CONFIGS, "List=ALL");
        for (var operation :
                List.of(Operation.PUT_FUNCTION_EVENT_INVOKE_CONFIG, Operation.UPDATE_FUNCTION_EVENT_INVOKE_CONFIG)) {
            body(
                    operation,
                    "{\"MaximumRetryAttempts\":2,\"MaximumEventAgeInSeconds\":60,\"DestinationConfig\":{"
                            + "\"OnSuccess\":{\"Destination\":\"arn:aws:sqs:us-east-1:000000000000:q\"},"
                            + "\"OnFailure\":{\"Destination\":\"arn:aws:sns:us-east-1:000000000000:t\"}}}");
        }
        body(Operation.INVOKE, "{\"k\":1}");
        body(Operation.INVOKE_ASYNC, "{\"k\":1}");
        bodyAndQuery(
                Operation.CREATE_FUNCTION_URL_CONFIG,
                "{\"AuthType\":\"NONE\",\"InvokeMode\":\"BUFFERED\",\"Cors\":{\"AllowCredentials\":true,"
                        + "\"AllowHeaders\":[\"x-a\"],\"AllowMethods\":[\"GET\"],\"AllowOrigins\":[\"https://a.test\"],"
                        + "\"ExposeHeaders\":[\"x-b\"],\"MaxAge\":5}}",
                "Qualifier=live");
        body(Operation.UPDATE_FUNCTION_URL_CONFIG, "{\"AuthType\":\"AWS_IAM\",\"InvokeMode\":\"RESPONSE_STREAM\"}");
        body(
                Operation.PUBLISH_LAYER_VERSION,
                "{\"Description\":\"d\",\"Content\":{\"ZipFile\":\"" + ZIP
                        + "\"},\"CompatibleRuntimes\":[\"python3.13\"],"
                        + "\"LicenseInfo\":\"MIT\",\"CompatibleArchitectures\":[\"x86_64\"]}");
        query(
                Operation.GET_LAYER_VERSION_BY_ARN,
                "find=LayerVersion",
                "Arn=arn:aws:lambda:us-east-1:000000000000:layer:tools:1");
        query(Operation.LIST_LAYERS, "CompatibleRuntime=python3.13", "MaxItems=3");
        body(
                Operation.ADD_LAYER_VERSION_PERMISSION,
                "{\"StatementId\":\"t\",\"Action\":\"lambda:GetLayerVersion\",\"Principal\":\"*\","
                        + "\"OrganizationId\":\"o-0123456789\"}");
        body(Operation.TAG_RESOURCE, "{\"Tags\":{\"colour\":\"blue\"}}");
        query(Operation.UNTAG_RESOURCE, "tagKeys=team", "tagKeys=colour");
        body(Operation.PUT_FUNCTION_RECURSION_CONFIG, "{\"RecursiveLoop\":\"Allow\"}");
        body(Operation.PUT_RUNTIME_MANAGEMENT_CONFIG, "{\"UpdateRuntimeOn\":\"Auto\"}");
        body(
                Operation.CREATE_CODE_SIGNING_CONFIG,
                "{\"Description\":\"d\",\"AllowedPublishers\":{\"SigningProfileVersionArns\":[\"" + PROFILE + "\"]},"
                        + "\"CodeSigningPolicies\":{\"UntrustedArtifactOnDeployment\":\"Warn\"},\"Tags\":{\"team\":\"a\"}}");
        body(Operation.UPDATE_CODE_SIGNING_CONFIG, "{\"Description\":\"e\"}");
        body(
                Operation.PUT_FUNCTION_CODE_SIGNING_CONFIG,
                "{\"CodeSigningConfigArn\":\"" + known.get("CodeSigningConfigArn") + "\"}");
    }

    private void body(Operation operation, String body) {
        bodyAndQuery(operation, body);
    }

    private void query(Operation operation, String... queries) {
        samples.put(operation, new Sample(operation, known, List.of(queries), Optional.empty()));
    }

    private void bodyAndQuery(Operation operation, String body, String... queries) {
        samples.put(operation, new Sample(operation, known, List.of(queries), Optional.of((ObjectNode) json(body))));
    }

    /** Of every operation that is built. */
    List<Sample> all() {
        return Arrays.stream(Operation.values())
                .map(operation -> samples.computeIfAbsent(operation, this::byModel))
                .filter(sample -> answer(sample).status() != 501)
                .toList();
    }

    /** What a request is answered with; what it has changed is taken back. */
    RawRequest.Answer answer(Sample sample) {
        var answer = sample.request().send(api.server.port());
        registry.goBack();
        return answer;
    }

    private Sample byModel(Operation operation) {
        var members = ModelMember.ofRequest(operation);
        var queries = members.stream()
                .filter(member -> member.isIn(ModelMember.Place.QUERY) && member.isRequired())
                .map(member -> member.name() + "=" + known.getOrDefault(member.name(), "x"))
                .toList();
        var body = new ObjectNode(JsonNodeFactory.instance);
        members.stream()
                .filter(member -> member.isIn(ModelMember.Place.BODY) && member.isRequired())
                .forEach(member -> body.set(member.name(), member.sample(known.getOrDefault(member.name(), "x"))));
        return new Sample(
                operation, known, queries, operation.method().startsWith("P") ? Optional.of(body) : Optional.empty());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        api.close();
    }
}
