package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.IN_PROGRESS;
import static io.kappa.router.registry.Samples.MAPPING;
import static io.kappa.router.registry.Samples.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.registry.CodeSigningConfigRecord.UntrustedCode;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.ChangeCodeSigningConfig;
import io.kappa.router.registry.RegistryCommand.ChangeTags;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Functions, event source mappings and code signing configurations are tagged. */
class TagDecisionsTest {
    private final Ownership owner = new Ownership();

    private static ChangeTags set(Object resource, Map<String, String> tags) {
        return new ChangeTags(resource.toString(), tags, List.of());
    }

    private static ChangeTags remove(Object resource, String... keys) {
        return new ChangeTags(resource.toString(), Map.of(), List.of(keys));
    }

    private static Map<String, String> many(int count) {
        return IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> "k" + i, _ -> "v"));
    }

    @Test
    void tagsAreAddedReplacedAndRemoved() {
        owner.active(GREET, CODE);

        owner.completed(set(GREET, Map.of("team", "red", "stage", "test")));
        assertThat(owner.function(GREET).tags()).isEqualTo(Map.of("team", "red", "stage", "test"));

        owner.completed(remove(GREET, "team", "never there"));
        assertThat(owner.function(GREET).tags()).isEqualTo(Map.of("stage", "test"));
    }

    @Test
    void taggingGivesLatestANewRevision() {
        var before = owner.active(GREET, CODE);

        owner.completed(set(GREET, Map.of("stage", "test")));
        var tagged = owner.latest(GREET);
        owner.completed(remove(GREET, "stage"));

        assertThat(tagged.revisionId()).isNotEqualTo(before.revisionId());
        assertThat(owner.latest(GREET).revisionId()).isNotEqualTo(tagged.revisionId());
        assertThat(tagged.lastModified()).isEqualTo(before.lastModified());
    }

    @Test
    void fiftyTagsAreTheMostAllTogether() {
        owner.active(GREET, CODE); // With one tag.

        owner.completed(set(GREET, many(49)));

        assertThat(owner.ask(set(GREET, Map.of("one more", "v"))))
                .isEqualTo(refused(ErrorCode.INVALID_PARAMETER_VALUE, "Number of tags exceeds resource tag limit."));
        owner.completed(set(GREET, Map.of("k0", "another value")));
    }

    @Test
    void tagsWaitForAnUpdateAndNotForTheCreation() {
        owner.stored(CODE);
        owner.done(Samples.create(GREET, CODE));
        owner.completed(set(GREET, Map.of("stage", "test")));
        owner.settle();
        owner.done(new RegistryCommand.UpdateFunctionConfiguration(GREET, Samples.described("d"), null));

        assertThat(owner.ask(set(GREET, Map.of("stage", "test"))))
                .isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, IN_PROGRESS));
        assertThat(owner.ask(remove(GREET, "stage"))).isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, IN_PROGRESS));
    }

    @Test
    void mappingsAreTaggedWithoutAnythingForAMapperToDo() {
        owner.active(GREET, CODE);
        var before = owner.reading(Samples.map(MAPPING, GREET, ORDERS));

        owner.completed(set(MAPPING, Map.of("stage", "test")));

        var after = owner.mapping(MAPPING);
        assertThat(after.tags()).isEqualTo(Map.of("team", "blue", "stage", "test"));
        assertThat(after.withTags(before.tags())).isEqualTo(before);
    }

    @Test
    void codeSigningConfigsAreTagged() {
        var config = Samples.signingConfig('a');
        owner.completed(new ChangeCodeSigningConfig(
                config, new CodeSigningChange.Create(null, List.of("p"), UntrustedCode.Warn, Map.of("a", "1"))));

        owner.completed(set(config, Map.of("b", "2")));
        owner.completed(remove(config, "a"));

        assertThat(owner.state.codeSigningConfig(config).orElseThrow().tags()).isEqualTo(Map.of("b", "2"));
    }

    @Test
    void whatDoesNotExistIsNotTagged() {
        var tags = Map.of("stage", "test");
        assertThat(owner.ask(set(GREET, tags)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET));
        assertThat(owner.ask(set(MAPPING, tags)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Event source mapping not found: " + MAPPING));
        assertThat(owner.ask(set(Samples.signingConfig('a'), tags)))
                .isEqualTo(refused(
                        ErrorCode.RESOURCE_NOT_FOUND,
                        "The Lambda code signing configuration " + Samples.signingConfig('a') + " can not be found."));
    }
}
