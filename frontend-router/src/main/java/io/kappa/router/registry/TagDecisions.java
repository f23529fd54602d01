package io.kappa.router.registry;

import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.function.CodeSigningConfigId;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.RegistryKey;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.ChangeTags;
import io.kappa.router.registry.RegistryDecisions.Outcome;
import io.kappa.router.registry.RegistryDecisions.Refusal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Decides what becomes of tags. Those of a function are the function's, not a version's, and still give {@code $LATEST} a new revision. */
final class TagDecisions {
    /** Lambda's limit. */
    private static final int MOST_TAGS = 50;

    private final RegistryState state;
    private final Supplier<String> revisionIds;

    TagDecisions(RegistryState state, Supplier<String> revisionIds) {
        this.state = state;
        this.revisionIds = revisionIds;
    }

    Outcome change(ChangeTags command) {
        return switch (RegistryKey.parse(command.resource())) {
            case RegistryKey.OfFunction(var function) -> ofFunction(function, command);
            case RegistryKey.OfEventSourceMapping(var mapping) -> ofMapping(mapping, command);
            case RegistryKey.OfCodeSigningConfig(var config) -> ofCodeSigningConfig(config, command);
            case RegistryKey _ -> throw new IllegalStateException("has no tags: " + command.resource());
        };
    }

    private Outcome ofFunction(FunctionArn arn, ChangeTags command) {
        var function = RegistryDecisions.required(state, arn);
        var latest = state.version(new VersionArn(arn, new Version.Latest())).orElseThrow();
        RegistryDecisions.requireNoUpdate(latest);
        return changed(function.withTags(changed(function.tags(), command)), latest.withRevision(revisionIds.get()));
    }

    private Outcome ofMapping(MappingId id, ChangeTags command) {
        var mapping = state.mapping(id)
                .orElseThrow(() -> new Refusal(ErrorCode.RESOURCE_NOT_FOUND, "Event source mapping not found: " + id));
        return changed(mapping.withTags(changed(mapping.tags(), command)));
    }

    private Outcome ofCodeSigningConfig(CodeSigningConfigId id, ChangeTags command) {
        var config = CodeSigningDecisions.required(state, id);
        return changed(config.withTags(changed(config.tags(), command)));
    }

    private static Map<String, String> changed(Map<String, String> before, ChangeTags command) {
        var after = new HashMap<>(before);
        after.putAll(command.set());
        command.removed().forEach(after::remove);
        if (after.size() > MOST_TAGS) {
            throw new Refusal(ErrorCode.INVALID_PARAMETER_VALUE, "Number of tags exceeds resource tag limit.");
        }
        return after;
    }

    private static Outcome changed(RegistryRecord... records) {
        return new Outcome(
                List.of(records).stream().<Change>map(Change.Recorded::new).toList(),
                RegistryAnswer.Done.WITHOUT_RECORD);
    }
}
