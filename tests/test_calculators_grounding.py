from hypothesis import given
from hypothesis import strategies as st

from assistant.calculators.constants import constants, ungrounded
from tests.fake_law import FakeLaw


@given(st.sets(st.sampled_from(sorted(constants()))))
def test_the_constants_that_no_text_states_are_named_in_the_order_of_the_files(
    silent: set[str],
) -> None:
    found = [each.name for each in ungrounded(FakeLaw(silent=silent))]
    assert found == [name for name in constants() if name in silent]
