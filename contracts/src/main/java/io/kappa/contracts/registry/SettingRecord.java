package io.kappa.contracts.registry;

import io.kappa.contracts.function.FunctionArn;
import org.jspecify.annotations.Nullable;

/** What the control API keeps beside a function: it is no part of a version, and goes with what it is kept for. */
public sealed interface SettingRecord extends RegistryRecord
        permits PolicyRecord, RecursionRecord, RuntimeManagementRecord, CodeSigningRecord {

    FunctionArn function();

    /** A version number, an alias or {@code $LATEST}; null where it is kept for the function itself. */
    @Nullable
    String qualifier();

    /** Whether the end of a key is that of such a record. */
    static boolean isKind(String suffix) {
        return switch (suffix) {
            case PolicyRecord.KIND, RecursionRecord.KIND, RuntimeManagementRecord.KIND, CodeSigningRecord.KIND -> true;
            default -> false;
        };
    }

    /** The key of what there is once for a function or a qualifier. */
    static String key(FunctionArn function, @Nullable String qualifier, String kind) {
        return (qualifier == null ? function.toString() : function.qualified(qualifier)) + "#" + kind;
    }
}
