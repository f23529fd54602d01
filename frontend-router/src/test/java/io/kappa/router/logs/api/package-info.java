@NullMarked
package io.kappa.router.logs.api;

import org.jspecify.annotations.NullMarked;
