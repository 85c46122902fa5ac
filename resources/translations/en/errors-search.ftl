## Failures of the search for the best settings.

error-search-range = { $key } cannot be searched over “{ $range }”.
    .next = Give the lowest and the highest value as LOW..HIGH, or choices with commas between them, within what the setting takes.
error-search-order = { $name }: the first value is larger than the second.
    .next = Put the lowest value first.
error-search-no-choice = { $name }: no value is chosen.
    .next = Choose at least one, or turn the setting off.
error-search-list = { $name } does not take “{ $words }”.
    .next = Write values with commas between them, for example { $usual }.
error-search-log-zero = The range of { $key } is divided by its logarithm, so it cannot begin at 0.
    .next = Let it begin a little above 0, for example at 0.0001.
error-search-fixed = { $key } must stay the same in a search: trials with other photos, seeds, weights or devices could not be compared.
    .next = Leave it out of what may change.
error-search-nothing = Nothing may change, so there is nothing to search for.
    .next = Turn on at least one setting under “What may change”.
error-not-a-search = There is no search in { $path }.
    .next = Choose the folder of a search: it holds a file study.json.
error-search-broken = The search in { $path } cannot be read: a file of it is damaged.
    .next = Begin a new search. The trials are runs of their own under “trials” and can still be opened.
error-study-storage = The storage { $url } cannot be used: { $detail }
    .next = Check the address, that the database answers, and that its driver is installed.
