package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertAnswer;
import static io.kappa.router.api.Answers.assertError;
import static io.kappa.router.api.Answers.assertInvalid;
import static io.kappa.router.api.Answers.assertNotFound;
import static io.kappa.router.api.RunningApi.ARN;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TagsApiTest {
    private static final String NO_MAPPING =
            "arn:aws:lambda:us-east-1:000000000000:event-source-mapping:14e0db71-5d35-4eb5-b481-8945cf9d10c2";

    private final RunningApi api = new RunningApi();

    @BeforeEach
    void createTheFunction() {
        api.create("f", "\"Tags\":{\"team\":\"blue\"},\"Publish\":true,");
    }

    @AfterEach
    void close() {
        api.close();
    }

    private static String tags(String arn) {
        return "/2017-03-31/tags/" + URLEncoder.encode(arn, StandardCharsets.UTF_8);
    }

    @Test
    void tagsOfAFunctionAreAddedListedAndRemoved() {
        assertAnswer(api.post(tags(ARN + "f"), "{\"Tags\":{\"a\":\"1\",\"b\":\"\",\"team\":\"red\"}}"), 204, "");
        assertAnswer(api.get(tags(ARN + "f")), 200, "{\"Tags\":{\"a\":\"1\",\"b\":\"\",\"team\":\"red\"}}");
        assertThat(api.get(RunningApi.FUNCTIONS + "/f").body())
                .contains("\"Tags\":{\"a\":\"1\",\"b\":\"\",\"team\":\"red\"}");

        assertAnswer(api.delete(tags(ARN + "f") + "?tagKeys=a&tagKeys=team&tagKeys=none"), 204, "");
        assertAnswer(api.get(tags(ARN + "f")), 200, "{\"Tags\":{\"b\":\"\"}}");

        assertAnswer(api.delete(tags(ARN + "f") + "?tagKeys=b"), 204, "");
        assertAnswer(api.get(tags(ARN + "f")), 200, "{\"Tags\":{}}");
        assertThat(api.get(RunningApi.FUNCTIONS + "/f").body()).doesNotContain("Tags");
    }

    @Test
    void tagsOfAMappingAreAddedListedAndRemoved() {
        var created = api.post(
                "/2015-03-31/event-source-mappings",
                "{\"FunctionName\":\"f\",\"EventSourceArn\":\"arn:aws:sqs:us-east-1:000000000000:q\",\"Tags\":{\"a\":\"1\"}}");
        var arn = created.body().replaceAll(".*\"EventSourceMappingArn\":\"([^\"]*)\".*", "$1");

        assertAnswer(api.post(tags(arn), "{\"Tags\":{\"b\":\"2\"}}"), 204, "");
        assertAnswer(api.get(tags(arn)), 200, "{\"Tags\":{\"a\":\"1\",\"b\":\"2\"}}");
        assertAnswer(api.delete(tags(arn) + "?tagKeys=a"), 204, "");
        assertAnswer(api.get(tags(arn)), 200, "{\"Tags\":{\"b\":\"2\"}}");
    }

    @Test
    void versionsAndAliasesHaveNoTags() {
        var message = "Tags on function aliases and versions are not supported. Please specify a function ARN.";
        for (var qualifier : new String[] {":1", ":live", ":$LATEST"}) {
            assertInvalid(api.get(tags(ARN + "f" + qualifier)), message);
            assertInvalid(api.post(tags(ARN + "f" + qualifier), "{\"Tags\":{\"a\":\"1\"}}"), message);
            assertInvalid(api.delete(tags(ARN + "f" + qualifier) + "?tagKeys=a"), message);
        }
    }

    @Test
    void noTagsAtAllCannotBeAdded() {
        assertInvalid(
                api.post(tags(ARN + "f"), "{\"Tags\":{}}"), "An error occurred and the request cannot be processed.");
    }

    @Test
    void whatIsMissingIsRefusedByTheServiceModel() {
        assertError(
                api.delete(tags(ARN + "f")),
                400,
                "ValidationException",
                "{\"message\":\"1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: "
                        + "Member must not be null\"}");
        assertError(
                api.post(tags(ARN + "f"), "{}"),
                400,
                "ValidationException",
                "{\"message\":\"1 validation error detected: Value null at 'tags' failed to satisfy constraint: "
                        + "Member must not be null\"}");
        assertThat(api.get(tags("f")).body()).contains("Value 'f' at 'resource' failed to satisfy constraint");
    }

    @Test
    void tagsThatCannotBeAreRefused() {
        assertInvalid(
                api.post(tags(ARN + "f"), "{\"Tags\":{\"aws:a\":\"1\"}}"),
                "aws: prefixed tag key names are not allowed for external use.");
        assertThat(api.registry.asked).hasSize(1);
    }

    @Test
    void whatDoesNotExistHasNoTags() {
        assertNotFound(api.get(tags(ARN + "g")), "Function not found: " + ARN + "g");
        assertNotFound(api.get(tags(NO_MAPPING)), "Event source mapping not found: " + NO_MAPPING);
        var config = "arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-aaaaaaaaaaaaaaaaa";
        assertNotFound(api.get(tags(config)), "The Lambda code signing configuration " + config + " can not be found.");
        var provider = "arn:aws:lambda:us-east-1:000000000000:capacity-provider:p";
        assertNotFound(api.get(tags(provider)), "Capacity provider not found: " + provider);
    }
}
