@NullMarked
package io.kappa.deadletters.api;

import org.jspecify.annotations.NullMarked;
