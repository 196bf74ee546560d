<#-- One line a jar of the distribution: its licences, its name, its coordinates, where it comes from. -->
Bagpipe is distributed with these libraries, each under its own licence. Jars that contain native libraries name more in their META-INF.

<#list dependencyMap as e>
<#assign project = e.getKey()/>
<#assign licenses = e.getValue()/>
${project.groupId}:${project.artifactId}:${project.version}
    <#list licenses as license>${license}<#sep>; </#list>
    ${project.name} <#if project.url??>(${project.url})</#if>
</#list>
