package io.kappa.router.api.shape;

import static io.kappa.router.api.shape.Shape.choice;
import static io.kappa.router.api.shape.Shape.listing;
import static io.kappa.router.api.shape.Shape.member;
import static io.kappa.router.api.shape.Shape.required;
import static io.kappa.router.api.shape.Shape.structure;
import static io.kappa.router.api.shape.Shape.text;
import static io.kappa.router.api.shape.Shape.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kappa.router.api.shape.Shape.Anything;
import io.kappa.router.api.shape.Shape.Bytes;
import io.kappa.router.api.shape.Shape.Flag;
import io.kappa.router.api.shape.Shape.Mapping;
import io.kappa.router.api.shape.Shape.Moment;
import io.kappa.router.api.shape.Shape.Structure;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InputReaderTest {
    private static final Structure SHAPE = structure(
            member("Qualifier", text(1, 3).matching("[a-z$]+")),
            member("FunctionName", text(1, 5).matching("[a-z]+")),
            member("Size", whole(1, 10)),
            member("On", new Flag()),
            member("Zip", new Bytes()),
            member("Mode", choice("Active", "PassThrough")),
            member("Kinds", listing(choice("x", "y"), 1, 1)),
            member("Names", listing(text(1, 3).matching("[a-z]+"), 0, 9)),
            member("Map", new Mapping(text().matching("[a-z]+"), text(0, 2))),
            member("KMSKey", structure(required("Id", text()))),
            member("At", new Moment()),
            member("Pairs", listing(structure(required("Id", text(1, 2))), 0, 3)),
            member("Other", new Anything()));

    private static Input read(String json) {
        return InputReader.read(SHAPE, Map.of(), new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static LambdaApiException refusal(String json) {
        return org.assertj.core.api.Assertions.catchThrowableOfType(LambdaApiException.class, () -> read(json));
    }

    private static void assertViolation(String json, String message) {
        assertThat(refusal(json).code()).isEqualTo(ErrorCode.VALIDATION);
        assertThat(refusal(json)).hasMessage(message);
    }

    @Test
    void readsEveryTypeAlongTheShape() {
        var input = read("""
                {"FunctionName":"f","Size":3,"On":true,"Zip":"AQID","Kinds":["x"],"Map":{"a":"1"},"KMSKey":{"Id":"i"},
                 "Unknown":{"deep":[1,{"er":null}]},"Mode":null,"Other":{"a":[[]]}}""");
        assertThat(input.text("FunctionName")).isEqualTo("f");
        assertThat(input.whole("Size")).isEqualTo(3);
        assertThat(input.flag("On")).isTrue();
        assertThat(input.bytes("Zip")).containsExactly(1, 2, 3);
        assertThat(input.texts("Kinds")).containsExactly("x");
        assertThat(input.mapping("Map")).containsEntry("a", "1");
        assertThat(input.structure("KMSKey")).extracting(key -> key.text("Id")).isEqualTo("i");
        assertThat(input.has("Mode")).isFalse();
        assertThat(input.has("Unknown")).isFalse();
        assertThat(input.holdsAnything("Other")).isTrue();
    }

    @Test
    void takesNoBodyForAnEmptyRequest() {
        assertThat(read("").has("FunctionName")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"{},false", "[],false", "{\"a\":1},true", "[[]],true"})
    void seesWhetherAMemberOfNoInterestHoldsAnything(String json, boolean holds) {
        assertThat(read("{\"Other\":" + json + ",\"Size\":1}").holdsAnything("Other"))
                .isEqualTo(holds);
    }

    @Test
    void takesParametersBesideTheBody() {
        var input = InputReader.read(SHAPE, Map.of("FunctionName", "f", "Size", "7", "Foreign", "x"));
        assertThat(input.text("FunctionName")).isEqualTo("f");
        assertThat(input.whole("Size")).isEqualTo(7);
        assertThat(input.has("Foreign")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"Size\":\"3\"}', STRING_VALUE can not be converted to an Integer",
        "'{\"Size\":3.5}', NUMBER_VALUE can not be converted to an Integer",
        "'{\"FunctionName\":3}', NUMBER_VALUE can not be converted to a String",
        "'{\"On\":\"true\"}', STRING_VALUE can not be converted to a Boolean",
        "'{\"Kinds\":\"x\"}', STRING_VALUE can not be converted to a List",
        "'{\"Map\":[]}', START_OF_ARRAY_VALUE can not be converted to a Map",
        "'{\"KMSKey\":true}', TRUE_VALUE can not be converted to an Object",
        "'{\"Other\":\"\"}', STRING_VALUE can not be converted to an Object",
        "'[]', START_OF_ARRAY_VALUE can not be converted to an Object",
        "'{\"Zip\":\"*\"}', Blob is not valid base64",
    })
    void refusesValuesOfTheWrongType(String json, String message) {
        assertThat(refusal(json).code()).isEqualTo(ErrorCode.SERIALIZATION);
        assertThat(refusal(json)).hasMessage(message);
    }

    @Test
    void refusesWhatIsNotJson() {
        assertThat(refusal("{\"FunctionName\":").code()).isEqualTo(ErrorCode.INVALID_REQUEST_CONTENT);
        assertThat(refusal("{\"FunctionName\":")).hasMessageStartingWith("Could not parse request body into json: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"}", "{}", "x", "1"})
    void refusesWhatGoesOnBehindTheObject(String more) {
        var refusal = refusal("{\"FunctionName\":\"f\"} " + more);
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST_CONTENT);
        assertThat(refusal).hasMessageStartingWith("Could not parse request body into json: ");
    }

    @Test
    void refusesAParameterThatIsNoNumber() {
        assertThatExceptionOfType(LambdaApiException.class)
                .isThrownBy(() -> InputReader.read(SHAPE, Map.of("Size", "many")))
                .matches(refusal -> refusal.code() == ErrorCode.SERIALIZATION);
    }

    @Test
    void namesOneViolationInTheSingular() {
        assertViolation(
                "{\"FunctionName\":\"abcdef\"}",
                "1 validation error detected: Value 'abcdef' at 'functionName' failed to satisfy constraint: "
                        + "Member must have length less than or equal to 5");
    }

    @Test
    void namesSeveralViolationsAndTheQualifierFirst() {
        assertViolation(
                "{\"FunctionName\":\"A\",\"Qualifier\":\"\"}",
                "3 validation errors detected: Value '' at 'qualifier' failed to satisfy constraint: "
                        + "Member must satisfy regular expression pattern: [a-z$]+; Value '' at 'qualifier' failed to satisfy "
                        + "constraint: Member must have length greater than or equal to 1; Value 'A' at 'functionName' failed to "
                        + "satisfy constraint: Member must satisfy regular expression pattern: [a-z]+");
    }

    @Test
    void namesRangesOfNumbers() {
        assertViolation(
                "{\"Size\":11}",
                "1 validation error detected: Value '11' at 'size' failed to satisfy constraint: "
                        + "Member must have value less than or equal to 10");
        assertViolation(
                "{\"Size\":0}",
                "1 validation error detected: Value '0' at 'size' failed to satisfy constraint: "
                        + "Member must have value greater than or equal to 1");
        assertViolation(
                "{\"Size\":99999999999999999999}",
                "1 validation error detected: Value '2147483647' at 'size' failed to satisfy constraint: "
                        + "Member must have value less than or equal to 10");
    }

    @Test
    void namesTheValuesOfAnEnumeration() {
        assertViolation(
                "{\"Mode\":\"On\"}",
                "1 validation error detected: Value 'On' at 'mode' failed to satisfy constraint: "
                        + "Member must satisfy enum value set: [Active, PassThrough]");
    }

    @Test
    void wrapsTheConstraintsOfListMembers() {
        assertViolation(
                "{\"Kinds\":[\"z\"]}",
                "1 validation error detected: Value '[z]' at 'kinds' failed to satisfy constraint: "
                        + "Member must satisfy constraint: [Member must satisfy enum value set: [x, y], Member must not be null]");
        assertViolation(
                "{\"Names\":[\"a\",null]}",
                "1 validation error detected: Value '[a, null]' at 'names' failed to satisfy constraint: "
                        + "Member must satisfy constraint: [Member must have length less than or equal to 3, "
                        + "Member must have length greater than or equal to 1, "
                        + "Member must satisfy regular expression pattern: [a-z]+, Member must not be null]");
    }

    @Test
    void namesTheLengthOfALongList() {
        assertViolation(
                "{\"Kinds\":[\"x\",\"y\"]}",
                "1 validation error detected: Value '[x, y]' at 'kinds' failed to satisfy constraint: "
                        + "Member must have length less than or equal to 1");
        assertViolation(
                "{\"Kinds\":[]}",
                "1 validation error detected: Value '[]' at 'kinds' failed to satisfy constraint: "
                        + "Member must have length greater than or equal to 1");
    }

    @Test
    void wrapsTheConstraintsOfMapKeysAndValues() {
        assertViolation(
                "{\"Map\":{\"A\":\"1\"}}",
                "1 validation error detected: Value '{A=1}' at 'map' failed to satisfy constraint: "
                        + "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-z]+, "
                        + "Member must not be null]");
        assertViolation(
                "{\"Map\":{\"a\":null}}",
                "1 validation error detected: Value '{a=null}' at 'map' failed to satisfy constraint: "
                        + "Map value must satisfy constraint: [Member must have length less than or equal to 2, "
                        + "Member must have length greater than or equal to 0, Member must not be null]");
    }

    @Test
    void writesPathsOfNestedMembersWithOnlyTheFirstLetterLowered() {
        assertViolation(
                "{\"KMSKey\":{}}",
                "1 validation error detected: Value null at 'kMSKey.id' failed to satisfy constraint: "
                        + "Member must not be null");
    }

    @Test
    void putsNoEndlessTextToARegularExpression() {
        var endless = "a".repeat(40_000);
        assertThat(refusal("{\"Map\":{\"" + endless + "\":\"1\"}}").code()).isEqualTo(ErrorCode.VALIDATION);
        assertThat(refusal("{\"FunctionName\":\"" + endless + "\"}").message()).hasSizeLessThan(5000);
    }

    @ParameterizedTest
    @CsvSource({
        "1795176000, 2026-11-20T12:00:00Z",
        "1795176000.1239, 2026-11-20T12:00:00.123Z",
        "1.7951760005E9, 2026-11-20T12:00:00.500Z",
        "-1, 1969-12-31T23:59:59Z"
    })
    void aMomentIsSecondsWithAFractionOrWithout(String number, Instant moment) {
        assertThat(read("{\"At\":" + number + "}").moment("At")).isEqualTo(moment);
        assertThat(read("{}").moment("At")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "'\"now\"', STRING_VALUE",
        "1e999999999, NUMBER_VALUE",
        "1e-999999999, NUMBER_VALUE",
        "1e25, NUMBER_VALUE"
    })
    void whatIsNoMomentIsRefusedWithoutWritingItOut(String value, String kind) {
        assertThat(refusal("{\"At\":" + value + "}").code()).isEqualTo(ErrorCode.SERIALIZATION);
        assertThat(refusal("{\"At\":" + value + "}")).hasMessage(kind + " can not be converted to a Timestamp");
    }

    @Test
    void structuresInListsAreReadAndCheckedOneByOne() {
        assertThat(read("{\"Pairs\":[{\"Id\":\"a\"},{\"Id\":\"b\",\"More\":1}]}")
                        .structures("Pairs"))
                .extracting(pair -> pair.text("Id"))
                .containsExactly("a", "b");
        assertViolation(
                "{\"Pairs\":[{\"Id\":\"abc\"},{},null]}",
                "3 validation errors detected: Value 'abc' at 'pairs.1.member.id' failed to satisfy constraint: "
                        + "Member must have length less than or equal to 2; "
                        + "Value null at 'pairs.2.member.id' failed to satisfy constraint: Member must not be null; "
                        + "Value null at 'pairs.3.member' failed to satisfy constraint: Member must not be null");
        assertThat(refusal("{\"Pairs\":[1]}")).hasMessage("NUMBER_VALUE can not be converted to an Object");
    }
}
