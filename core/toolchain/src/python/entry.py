from {{module}} import {{class}} as _filter
from tidegate_sdk.guest import export

Filter = export(_filter)
