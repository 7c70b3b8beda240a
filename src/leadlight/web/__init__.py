"""Pages and commands that join rooms: the Leads list, the Lead page, serving, the demo."""
