package io.kappa.contracts.registry;

import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.function.CodeSigningConfigId;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.layer.LayerArn;
import io.kappa.contracts.layer.LayerVersionArn;

/** What the key of a record of {@code registry.records} names: all that is left to tell of a record without a value. */
public sealed interface RegistryKey {

    /** The account that it belongs to. */
    String account();

    /** A function as a whole. */
    record OfFunction(FunctionArn function) implements RegistryKey {
        @Override
        public String account() {
            return function.account();
        }
    }

    record OfVersion(VersionArn version) implements RegistryKey {
        @Override
        public String account() {
            return version.function().account();
        }
    }

    record OfAlias(FunctionArn function, String name) implements RegistryKey {
        @Override
        public String account() {
            return function.account();
        }
    }

    /** How many execution environments are kept ready for a qualifier. */
    record OfProvisionedConcurrency(FunctionArn function, String qualifier) implements RegistryKey {
        @Override
        public String account() {
            return function.account();
        }
    }

    /** What is set for asynchronous invocations of a qualifier. */
    record OfEventInvokeConfig(FunctionArn function, String qualifier) implements RegistryKey {
        @Override
        public String account() {
            return function.account();
        }
    }

    /** The URL of a function or an alias. */
    record OfFunctionUrl(FunctionArn function, String qualifier) implements RegistryKey {
        @Override
        public String account() {
            return function.account();
        }
    }

    record OfEventSourceMapping(MappingId mapping) implements RegistryKey {
        @Override
        public String account() {
            return mapping.account();
        }
    }

    /** What is remembered of a layer as a whole. */
    record OfLayer(LayerArn layer) implements RegistryKey {
        @Override
        public String account() {
            return layer.account();
        }
    }

    record OfLayerVersion(LayerVersionArn version) implements RegistryKey {
        @Override
        public String account() {
            return version.layer().account();
        }
    }

    /** Something that Application Auto Scaling keeps of a qualifier: a {@link ScalingRecord} of that key. */
    record OfScaling(FunctionArn function, String key) implements RegistryKey {
        @Override
        public String account() {
            return function.account();
        }
    }

    /** Something that is kept beside a function: a {@link SettingRecord} of that key. */
    record OfSetting(FunctionArn function, String key) implements RegistryKey {
        @Override
        public String account() {
            return function.account();
        }
    }

    record OfCodeSigningConfig(CodeSigningConfigId config) implements RegistryKey {
        @Override
        public String account() {
            return config.account();
        }
    }

    /** @throws IllegalArgumentException where no record has such a key */
    static RegistryKey parse(String key) {
        if (MappingId.isArn(key)) {
            return new OfEventSourceMapping(MappingId.parse(key));
        }
        if (CodeSigningConfigId.isArn(key)) {
            return new OfCodeSigningConfig(CodeSigningConfigId.parse(key));
        }
        if (LayerArn.isArn(key)) {
            return new OfLayer(LayerArn.parse(key));
        }
        var layerVersion = LayerVersionArn.named(key);
        if (layerVersion.isPresent()) {
            return new OfLayerVersion(layerVersion.get());
        }
        if (key.endsWith(EventInvokeConfigRecord.KEY_SUFFIX)) {
            var target = before(EventInvokeConfigRecord.KEY_SUFFIX, key);
            return new OfEventInvokeConfig(target.function(), target.effectiveQualifier());
        }
        if (key.endsWith(ProvisionedConcurrencyRecord.KEY_SUFFIX)) {
            var target = before(ProvisionedConcurrencyRecord.KEY_SUFFIX, key);
            return new OfProvisionedConcurrency(target.function(), target.effectiveQualifier());
        }
        if (key.endsWith(FunctionUrlRecord.KEY_SUFFIX)) {
            var target = before(FunctionUrlRecord.KEY_SUFFIX, key);
            return new OfFunctionUrl(target.function(), target.effectiveQualifier());
        }
        int mark = key.indexOf('#');
        if (mark > 0 && ScalingRecord.isKind(key.substring(mark + 1))) {
            return new OfScaling(InvocationTarget.parse(key.substring(0, mark)).function(), key);
        }
        if (mark > 0 && SettingRecord.isKind(key.substring(mark + 1))) {
            return new OfSetting(InvocationTarget.parse(key.substring(0, mark)).function(), key);
        }
        var target = InvocationTarget.parse(key);
        var qualifier = target.qualifier();
        if (qualifier == null) {
            return new OfFunction(target.function());
        }
        return Version.isVersion(qualifier)
                ? new OfVersion(new VersionArn(target.function(), Version.parse(qualifier)))
                : new OfAlias(target.function(), qualifier);
    }

    private static InvocationTarget before(String suffix, String key) {
        return InvocationTarget.parse(key.substring(0, key.length() - suffix.length()));
    }
}
